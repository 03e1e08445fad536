export const SHELLS = ['sh', 'bash', 'zsh', 'fish', 'powershell', 'cmd'] as const
export type Shell = (typeof SHELLS)[number]
