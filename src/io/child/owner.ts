// Whose a folder is, as a word to put into its name: a run that was killed is told from one that lives.

import { nameMachine, readBeginning } from '../self.ts'

/** machine (since it was started, and the space its processes are numbered in), process, its beginning */
export function nameOwner(): string {
  return [nameHere(), process.pid, readBeginning(process.pid) ?? '0'].join('-')
}

/** Of another machine or container nobody here can tell: no. */
export function isGone(owner: string): boolean {
  const [machine, pid, beginning] = owner.split('-')
  if (machine !== nameHere()) return false
  const now = readBeginning(Number(pid))
  if (now !== undefined) return now !== beginning
  return beginning !== '0' || !isRunning(Number(pid))
}

function nameHere(): string {
  return nameMachine().replace(/\W/g, '')
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
