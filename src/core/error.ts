// Every failure a user can meet is a TokenError. Its code is stable and says which class it
// belongs to; the class decides the exit code. Nothing else in the program chooses an exit code.

export const EXITS = {
  bug: 1,
  usage: 2,
  config: 2,
  untrusted: 2,
  credential: 3,
  refused: 4,
  unusable: 5,
  unavailable: 6,
  check: 7,
  interrupted: 130,
} as const

/** Of `exec`, as env and timeout have them; everything else that it returns is its command's. */
export const EXEC_EXITS = { failed: 125, unusable: 126, missing: 127 } as const

export type ErrorClass = keyof typeof EXITS
/** what the command that exec ran returned, or 128 and the signal that ended it */
export type CommandExit = number & { readonly of: 'command' }
export type ExitCode =
  | 0
  | (typeof EXITS)[ErrorClass]
  | (typeof EXEC_EXITS)[keyof typeof EXEC_EXITS]
  | CommandExit

const CODES = {
  bug: 'bug',
  interrupted: 'interrupted',
  // the command line
  usage: 'usage',
  input_invalid: 'usage',
  // the profile file and what it says
  file_missing: 'config',
  file_unreadable: 'config',
  file_unwritable: 'config',
  file_exists: 'config',
  file_invalid: 'config',
  file_ambiguous: 'config',
  profile_missing: 'config',
  profile_unknown: 'config',
  profile_cycle: 'config',
  environment_missing: 'config',
  environment_unknown: 'config',
  field_missing: 'config',
  field_invalid: 'config',
  limit: 'config',
  placeholder_unknown: 'config',
  url_invalid: 'config',
  tls_invalid: 'config',
  proxy_invalid: 'config',
  accounts_invalid: 'config',
  untrusted: 'untrusted',
  // keys and secrets on this machine
  secret_missing: 'credential',
  secret_unreadable: 'credential',
  assertion_unusable: 'credential',
  key_missing: 'credential',
  key_unreadable: 'credential',
  key_unusable: 'credential',
  key_encrypted: 'credential',
  key_passphrase: 'credential',
  key_unfit: 'credential',
  key_weak: 'credential',
  // the service
  service_refused: 'refused',
  answer_unusable: 'unusable',
  answer_redirect: 'unusable',
  answer_too_large: 'unusable',
  discovery_invalid: 'unusable',
  service_unavailable: 'unavailable',
  network_dns: 'unavailable',
  network_refused: 'unavailable',
  network_reset: 'unavailable',
  network_tls: 'unavailable',
  network_proxy: 'unavailable',
  network_timeout: 'unavailable',
  network_failed: 'unavailable',
  answer_cut_off: 'unavailable',
  // checks that did not hold
  check_failed: 'check',
  // what exec is to run
  command_missing: 'usage',
  command_unusable: 'usage',
} as const satisfies Record<string, ErrorClass>

export type ErrorCode = keyof typeof CODES

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(CODES, value)
}

export interface ErrorDetails {
  /** the service's own words, as they came */
  said?: string
  /** what that means, a line each */
  means?: string | readonly string[]
  /** what we sent that matters, already fit for the eye */
  sent?: Readonly<Record<string, string>>
  /** what to type or edit next, a line each */
  fix?: string | readonly string[]
  /** an explain row may say that the status misleads */
  class?: ErrorClass
  /** where the class does not decide it: exec */
  exit?: ExitCode
  status?: number
  requestId?: string
  /** seconds the service asked us to wait */
  retryAfter?: number
  /** seconds its clock is ahead of ours, where a wrong time may be what it refused */
  skew?: number
  profile?: string
  provider?: string
  hop?: number
  cause?: unknown
}

export class TokenError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message)
    this.name = 'TokenError'
    this.code = code
    this.details = details
  }

  /** The same error with more said about it; what is said already stays. */
  with(more: ErrorDetails): TokenError {
    const said = new TokenError(this.code, this.message, { ...more, ...this.details })
    if (this.stack !== undefined) said.stack = this.stack
    return said
  }

  get class(): ErrorClass {
    return this.details.class ?? CODES[this.code]
  }

  get exit(): ExitCode {
    return this.details.exit ?? EXITS[this.class]
  }
}

/** undefined: it cannot be had, for whatever reason we know of. */
export function attempt<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof TokenError) return undefined
    throw error
  }
}
