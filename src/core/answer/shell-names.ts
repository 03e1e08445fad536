export const SHELLS = ['sh', 'fish', 'powershell', 'cmd'] as const
export type Shell = (typeof SHELLS)[number]
