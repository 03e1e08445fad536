// What `doctor` has to say: one verdict a line, each thing once.

import { type ErrorCode, TokenError } from '../error.ts'

export type Verdict = 'ok' | 'warning' | 'problem' | 'skipped'

export interface Finding {
  /** null: it is about the files, or this machine */
  readonly profile: string | null
  readonly check: string
  readonly verdict: Verdict
  readonly message: string
  /** why it matters, a line each */
  readonly means: readonly string[]
  /** what to type or edit, a line each */
  readonly fix: readonly string[]
}

/** The cause of an error that is no finding: a command would have to be run, and none is for doctor. */
export const NOT_RUN = Symbol('not run')

export class Findings {
  readonly list: Finding[] = []
  /** the order in which they are told: a chain as it runs */
  readonly subjects: (string | null)[] = [null]
  readonly #warnings: string[] = []
  readonly #held = new Set<string | null>()
  #profile: string | null = null

  /** Whether only a command would tell something of who is spoken of. */
  get isHeld(): boolean {
    return this.#held.has(this.#profile)
  }

  /** Who will be spoken of, in this order. */
  introduce(profiles: readonly string[]): void {
    this.subjects.push(...profiles.filter((name) => !this.subjects.includes(name)))
  }

  /** Whose findings follow. */
  turnTo(profile: string | null): void {
    this.#profile = profile
  }

  /** What is warned of while a check runs belongs to that check. */
  readonly warn = (text: string): void => {
    this.#warnings.push(text)
  }

  add(check: string, verdict: Verdict, message: string, more: Partial<Finding> = {}): void {
    const profile = this.#profile
    const finding = { profile, check, verdict, message, means: [], fix: [], ...more }
    if (!this.list.some((other) => isSame(other, finding))) this.list.push(finding)
  }

  /** The act's own words when it went well; nothing is said where it has none. */
  async attempt<Result>(
    check: string,
    act: () => Result | Promise<Result>,
    say?: (result: Result) => string | undefined,
    /** for what is warned of meanwhile */
    fix: readonly string[] = [],
  ): Promise<Result | undefined> {
    try {
      const result = await act()
      const message = say?.(result)
      if (message !== undefined) this.add(check, 'ok', message)
      this.#drain(check, fix)
      return result
    } catch (error) {
      this.#drain(check, fix)
      this.fail(check, error)
      return undefined
    }
  }

  fail(check: string, error: unknown, verdict: Verdict = 'problem'): void {
    if (!(error instanceof TokenError) || error.class === 'bug') throw error
    const { means, fix, profile, cause, said } = error.details
    if (cause === NOT_RUN) {
      this.#held.add(this.#profile)
      return
    }
    this.add(check === 'tls' ? check : (CHECKS[error.code] ?? check), verdict, error.message, {
      means: [...(said === undefined ? [] : [`it says ${said}`]), ...listOf(means)],
      fix: listOf(fix),
      ...(profile !== undefined && { profile }),
    })
  }

  hasProblem(profile?: string): boolean {
    return this.list.some(
      (finding) =>
        finding.verdict === 'problem' && (profile === undefined || finding.profile === profile),
    )
  }

  #drain(check: string, fix: readonly string[]): void {
    for (const text of this.#warnings.splice(0)) this.add(check, 'warning', text, { fix })
  }
}

/** One missing variable spoils several checks: it is told by the first of them. */
function isSame(one: Finding, other: Finding): boolean {
  if (one.message !== other.message || one.verdict !== other.verdict) return false
  const wrong = one.verdict === 'problem' || one.verdict === 'warning'
  return wrong || (one.profile === other.profile && one.check === other.check)
}

function listOf(texts: string | readonly string[] | undefined): readonly string[] {
  return texts === undefined ? [] : typeof texts === 'string' ? [texts] : texts
}

/** A check may come upon what belongs to another one. */
const CHECKS: Readonly<Partial<Record<ErrorCode, string>>> = {
  file_missing: 'file',
  file_unreadable: 'file',
  file_invalid: 'file',
  file_ambiguous: 'file',
  profile_missing: 'profile',
  profile_unknown: 'profile',
  profile_cycle: 'profile',
  environment_missing: 'environment',
  environment_unknown: 'environment',
  field_missing: 'fields',
  field_invalid: 'fields',
  placeholder_unknown: 'fields',
  limit: 'limits',
  url_invalid: 'endpoint',
  discovery_invalid: 'endpoint',
  tls_invalid: 'tls',
  network_tls: 'tls',
  proxy_invalid: 'proxy',
  untrusted: 'trust',
  secret_missing: 'secrets',
  secret_unreadable: 'secrets',
  assertion_unusable: 'assertion',
  key_missing: 'key',
  key_unreadable: 'key',
  key_unusable: 'key',
  key_encrypted: 'key',
  key_passphrase: 'key',
  key_unfit: 'key',
  key_weak: 'key',
}
