// The catalogue: every code there is, once.

import { escapeLine } from '../../terminal.ts'
import type { Code } from './code.ts'
import {
  CLAIM_CODES,
  DISCLOSURE_CODES,
  ENCRYPTION_CODES,
  SERVICE_CODES,
  SIGNATURE_CODES,
} from './codes-claims.ts'
import { FORM_CODES } from './codes-form.ts'
import type { Finding } from './finding.ts'

export const CODES = {
  ...FORM_CODES,
  ...SIGNATURE_CODES,
  ...CLAIM_CODES,
  ...ENCRYPTION_CODES,
  ...DISCLOSURE_CODES,
  ...SERVICE_CODES,
} as const satisfies Record<string, Code>

export type FindingCode = keyof typeof CODES

export function makeFinding(code: FindingCode, message: string): Finding {
  const { severity, area, why } = CODES[code]
  return { code, severity, area, message, why }
}

const LONGEST = 60

/** What a token says, in a message: marked as such, on one line, not without end. */
export function quote(text: string): string {
  const chars = text.slice(0, LONGEST)
  return `${escapeLine(JSON.stringify(chars))}${chars.length < text.length ? '…' : ''}`
}
