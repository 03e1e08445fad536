// The verdicts on a token: its form by what lint finds, its signature by the keys, its claims by what
// was asked of them.

import { createHash } from 'node:crypto'
import { addFailures, addFindings, checkClaims } from '../../core/jwt/claim/claims.ts'
import type { Expectations } from '../../core/jwt/claim/expectation.ts'
import {
  type ClaimsVerdict,
  combineSignatures,
  type FormVerdict,
  type SignatureVerdict,
  type Verdict,
} from '../../core/jwt/claim/verdict.ts'
import type { Finding } from '../../core/jwt/finding/finding.ts'
import { isMalformed, lintToken } from '../../core/jwt/finding/lint.ts'
import { readPart } from '../../core/jwt/reading/part.ts'
import { identifyShape } from '../../core/jwt/shape.ts'
import type { SignedToken } from '../../core/jwt/token.ts'
import { applyDisclosures } from '../../io/key/verify/disclosures.ts'
import { checkKeyBinding } from '../../io/key/verify/key-binding.ts'
import type { KeySet } from '../../io/key/verify/key-choice.ts'
import { isPaddedWell } from '../../io/key/verify/signature-header.ts'
import { type Question, verifySignatures } from '../../io/key/verify/verifier.ts'
import { TOKEN_SHAPES } from '../../providers/tokens.ts'

export interface Demand {
  readonly question: Question
  /** undefined: the signature and nothing else */
  readonly expectations: Expectations | undefined
  readonly now: number
}

export function judgeToken(
  token: SignedToken,
  keys: KeySet,
  notes: readonly string[],
  demand: Demand,
): Verdict {
  const { question, expectations, now } = demand
  const shape = identifyShape(token.signatures[0].header?.json, token.payload.json, TOKEN_SHAPES)
  const all = lintToken(token, now, { hash: hashBytes, ...(shape && { shape }) })
  const findings = expectations === undefined ? all.filter(concernsSignature) : all
  const signatures = verifySignatures(token, keys, question)
  const combined = combineSignatures(signatures)
  const made = signatures.findIndex(({ status }) => status === combined.status)
  const body = question.payload === undefined ? token.payload : readPart(question.payload)
  const { claims, objection, undecided } = applyDisclosures(token)
  const binding = checkKeyBinding(token, claims, expectations)
  const problem = objection ?? binding?.objection
  const open = objection === undefined ? binding?.undecided : undecided
  const signature = {
    ...(problem !== undefined && combined.status === 'valid'
      ? {
          ...combined,
          status: open ? ('unchecked' as const) : ('invalid' as const),
          reason: problem,
        }
      : combined),
    notes: [...notes, ...combined.notes, ...(binding?.note === undefined ? [] : [binding.note])],
  }
  return {
    form: judgeForm(findings, {
      padding: question.allowPadding && hasGoodPadding(token),
      payload: expectations === undefined,
    }),
    signature: heed(signature, findings),
    signatures: signatures.length > 1 ? signatures : [],
    claims:
      expectations === undefined
        ? NOT_ASKED
        : addFailures(
            addFindings(
              checkClaims(
                token.signatures[made]?.header?.json,
                token.kind === 'sd-jwt' ? claims : body.json,
                expectations,
              ),
              findings,
            ),
            binding?.failures ?? [],
            binding?.doubts ?? [],
          ),
  }
}

function hasGoodPadding({ signatures, payload }: SignedToken): boolean {
  const parts = signatures.flatMap(({ header, signature }) => [header, signature])
  return [payload, ...parts].every(isPaddedWell)
}

const NOT_ASKED: ClaimsVerdict = {
  status: 'unchecked',
  failures: [],
  notes: ['nobody asked (--signature-only)'],
}

export function judgeForm(
  findings: readonly Finding[],
  allow: Parameters<typeof isMalformed>[1],
): FormVerdict {
  return { status: isMalformed(findings, allow) ? 'malformed' : 'ok', findings }
}

function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url')
}

/** What a correct verifier rejects, whatever the arithmetic says. */
function heed(verdict: SignatureVerdict, findings: readonly Finding[]): SignatureVerdict {
  if (verdict.status !== 'valid') return verdict
  const found = findings.find(({ area, severity }) => area === 'signature' && severity === 'error')
  return found === undefined ? verdict : { ...verdict, status: 'invalid', reason: found.message }
}

/** Of a payload that may be anything, nothing is said. */
function concernsSignature({ area, code }: Finding): boolean {
  return area !== 'claims' && !/^(payload-|typ-|b64-in-jwt|duplicate-claim)/.test(code)
}
