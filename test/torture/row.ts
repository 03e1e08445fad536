// One row of the table: what is promised, how far it may go, and what was measured.

import { test } from 'vitest'

export interface Row {
  readonly id: string
  readonly what: string
  readonly target: string
  figure: string
}

declare module 'vitest' {
  interface TaskMeta {
    row?: Row
  }
}

/** The short form counts; times are taken by the long one, which has the machine for itself. */
export const isLong = process.env.TORTURE === 'long'

/** How often, how many: what fits into a minute, or all of it. */
export function pick<T>(short: T, long: T): T {
  return isLong ? long : short
}

export interface Telling {
  /** printed whether or not the row holds, so it comes before what is expected of it */
  figure(text: string): void
  /** Only where this machine cannot do it. */
  skip(why: string): never
}

export function row(
  id: string,
  what: string,
  target: string,
  measure: (telling: Telling) => Promise<void>,
): void {
  test(`${id} ${what}`, async ({ task, skip }) => {
    const told: Row = { id, what, target, figure: '' }
    task.meta.row = told
    await measure({
      figure(text) {
        told.figure = text
      },
      skip(why) {
        told.figure = `skipped: ${why}`
        return skip(why)
      },
    })
  })
}
