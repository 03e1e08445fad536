// What a file looks like from outside: everything that an edit, a replacement or a change of rights
// changes. An edit within one tick of a clock leaves no trace in it; some clocks tick every two seconds.

import { type BigIntStats, lstatSync, statSync } from 'node:fs'

const TICK = 2000

export interface FileStat {
  readonly text: string
  /** milliseconds, of its content or its rights */
  readonly changed: number
  readonly writable: boolean
}

/** Of a link, it and what it leads to. undefined: there is nothing of that name, or none that we may see. */
export function statFile(path: string): FileStat | undefined {
  try {
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false })
    if (stat === undefined) return undefined
    if (!stat.isSymbolicLink()) return describe(stat)
    const end = statSync(path, { bigint: true, throwIfNoEntry: false })
    const [link, file] = [describe(stat), end && describe(end)]
    return {
      text: `${link.text} → ${file?.text ?? 'nowhere'}`,
      changed: Math.max(link.changed, file?.changed ?? 0),
      writable: file?.writable ?? false,
    }
  } catch {
    return undefined
  }
}

function describe({ dev, ino, size, mode, uid, mtimeNs, ctimeNs }: BigIntStats): FileStat {
  return {
    text: [dev, ino, size, mode, uid, mtimeNs, ctimeNs].join(' '),
    changed: Number((mtimeNs > ctimeNs ? mtimeNs : ctimeNs) / 1_000_000n),
    writable: (mode & 0o022n) !== 0n,
  }
}

/** Long enough before it was looked at that another edit would show. */
export function isSettled({ changed }: FileStat, now: number): boolean {
  return now - changed > TICK
}
