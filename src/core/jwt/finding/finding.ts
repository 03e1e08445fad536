// What is to be said against a token. A finding is data: its code is stable, its severity decides
// `--fail-on`, its area says which verdict of `verify` it belongs to.

export const SEVERITIES = ['error', 'warning', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

export interface Finding {
  /** kebab-case, stable: scripts match on it */
  readonly code: string
  /** error: a correct verifier must reject it */
  readonly severity: Severity
  /** what `verify` makes of an error: a malformed token, an invalid signature, a failed claim */
  readonly area: 'form' | 'signature' | 'claims'
  /** what is there, on one line */
  readonly message: string
  /** why it matters, on one line */
  readonly why: string
}

/** Worst first; what is equally bad stays in order. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  )
}
