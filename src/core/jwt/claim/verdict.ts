// What `verify` says, in three parts that are never mixed: is it written as it should be, did the key
// make it, does it say what it must.

import type { Finding } from '../finding/finding.ts'
import type { ExactJson } from '../json/exact-json.ts'

export interface FormVerdict {
  readonly status: 'ok' | 'malformed'
  /** of every area; only errors of the form make it malformed */
  readonly findings: readonly Finding[]
}

export interface SignatureVerdict {
  readonly status: 'valid' | 'invalid' | 'unchecked'
  /** of what is valid: a warning, where there is one */
  readonly reason: string | undefined
  /** as the token says */
  readonly alg: string | undefined
  readonly kid: string | undefined
  /** that made it, or that was asked, in words */
  readonly key: string | undefined
  /** what else is worth knowing, a line each */
  readonly notes: readonly string[]
}

export interface Failure {
  readonly claim: string
  /** undefined: anything */
  readonly expected: ExactJson | string | readonly string[] | undefined
  /** undefined: it is not there */
  readonly actual: ExactJson | undefined
  readonly message: string
}

export interface ClaimsVerdict {
  readonly status: 'pass' | 'fail' | 'unchecked'
  readonly failures: readonly Failure[]
  /** what holds, a line each */
  readonly notes: readonly string[]
  /** what it says that nobody asked about, and that somebody must */
  readonly doubts?: readonly string[]
}

export interface Verdict {
  readonly form: FormVerdict
  readonly signature: SignatureVerdict
  /** of a token with several, each */
  readonly signatures: readonly SignatureVerdict[]
  readonly claims: ClaimsVerdict
}

/** All that was asked holds. Claims that nobody asked about are no objection. */
export function isHeld({ form, signature, claims }: Verdict, asked: { claims: boolean }): boolean {
  const says = asked.claims ? claims.status === 'pass' : claims.status === 'unchecked'
  return form.status === 'ok' && signature.status === 'valid' && says
}

/** Of several signatures one that is valid is enough; which, it says. */
export function combineSignatures(
  verdicts: readonly [SignatureVerdict, ...SignatureVerdict[]],
): SignatureVerdict {
  const [first] = verdicts
  if (verdicts.length === 1) return first
  for (const status of ['valid', 'invalid', 'unchecked'] as const) {
    const at = verdicts.findIndex((one) => one.status === status)
    const one = verdicts[at]
    if (one === undefined) continue
    const count = verdicts.filter((other) => other.status === status).length
    const note = `${count} of its ${verdicts.length} signatures ${count === 1 ? 'is' : 'are'} ${status}; this is signature ${at + 1}`
    return { ...one, notes: [note, ...one.notes] }
  }
  return first
}
