// The shells that there is a script for.

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof SHELLS)[number]

export function isShell(name: string | undefined): name is Shell {
  return SHELLS.some((shell) => shell === name)
}
