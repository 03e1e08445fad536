// How long a call may take: as a whole, and until it is connected; and the user's Ctrl-C.

import { TokenError } from '../../core/error.ts'

/** Rejected with when time is up. */
export interface TimeUp {
  readonly timeUpAfter: number
  /** the limit for connecting, not the one for the whole call */
  readonly connecting: boolean
}

const CONNECT_LIMIT = 10_000
const LONGEST_TIMER = 2 ** 31 - 1

export interface Limits {
  readonly reached: Promise<never>
  connected(): void
  stop(): void
}

export function startLimits(timeout: number, signal: AbortSignal): Limits {
  const { promise, reject } = withResolvers()
  const interrupt = (): void => reject(new TokenError('interrupted', 'interrupted'))
  const startTimer = (limit: number, connecting: boolean): NodeJS.Timeout =>
    setTimeout(reject, Math.min(limit, LONGEST_TIMER), {
      timeUpAfter: limit,
      connecting,
    } satisfies TimeUp)

  const whole = startTimer(timeout, false)
  const connecting = timeout > CONNECT_LIMIT ? startTimer(CONNECT_LIMIT, true) : undefined
  signal.addEventListener('abort', interrupt, { once: true })
  return {
    reached: promise,
    connected: () => clearTimeout(connecting),
    stop() {
      clearTimeout(connecting)
      clearTimeout(whole)
      signal.removeEventListener('abort', interrupt)
    },
  }
}

function withResolvers(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => undefined
  const promise = new Promise<never>((_, refuse) => {
    reject = refuse
  })
  return { promise, reject }
}
