// Which machine this is, and which process: a process id alone means nothing across containers, and is
// given out again.

import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** The machine since it was started, and the space its processes are numbered in. */
export function nameMachine(): string {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim())
  const space = attempt(() => readlinkSync('/proc/self/ns/pid'))
  return [hostname(), boot ?? '', space ?? ''].join(' ')
}

/**
 * When a process began; undefined: there is no such process, none that runs (`idle` are the states of
 * those that do not), or no /proc to see it in.
 */
export function readBeginning(pid: number, idle = 'Z'): string | undefined {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'))
  // the name in parentheses may hold anything; behind it stand the state and, 20th, the beginning
  const words = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return idle.includes(words?.[0] ?? idle) ? undefined : words?.[19]
}

function attempt(read: () => string): string | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
