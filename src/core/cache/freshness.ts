// When a token that was kept is still good.

/** All in milliseconds. */
export interface Life {
  readonly saved_at: number
  readonly until: number
}

const MARGIN = 60_000

/**
 * How much must be left of it: a minute, or a fifth of its life where that is less. A fixed margin of
 * some minutes would make tokens that live for five of them useless.
 */
export function marginOf({ saved_at, until }: Life): number {
  return Math.min(MARGIN, (until - saved_at) / 5)
}

/** The last moment at which it is given out. */
export function freshUntil(life: Life, least: number | undefined): number {
  return life.until - (least ?? marginOf(life))
}

export function isFresh(life: Life, now: number, least: number | undefined): boolean {
  return isAlive(life, now, 0) && now <= freshUntil(life, least)
}

/** Not over yet; what was saved in the future was saved by a clock that has been set back since. */
export function isAlive({ saved_at, until }: Life, now: number, least: number): boolean {
  return saved_at <= now && until > now && until - now >= least
}
