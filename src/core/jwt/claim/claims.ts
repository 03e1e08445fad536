// Does a token say what it must? All that is wrong is told at once, and a claim that stands twice is
// wrong wherever it matters: readers differ on which of the two counts.

import { formatDuration } from '../../duration.ts'
import type { Finding } from '../finding/finding.ts'
import { type ExactJson, type ExactObject, writeExactJson } from '../json/exact-json.ts'
import { formatInstant } from '../time/instant.ts'
import { type ClaimFound, fail, findClaim, show } from './claim-failure.ts'
import { checkTimes } from './claim-times.ts'
import { isSame } from './comparison.ts'
import type { Expectation, Expectations } from './expectation.ts'
import type { ClaimsVerdict, Failure } from './verdict.ts'

export function checkClaims(
  header: ExactJson | undefined,
  payload: ExactJson | undefined,
  wanted: Expectations,
): ClaimsVerdict {
  if (payload?.type !== 'object') {
    const expected = 'a JSON object'
    const message = 'the payload is no JSON object, so it holds no claims'
    return {
      status: 'fail',
      failures: [{ claim: 'payload', expected, actual: payload, message }],
      notes: [],
    }
  }
  const checks: readonly (Failure | string | undefined)[] = [
    ...checkTimes(payload, wanted),
    checkText(payload, 'iss', wanted.issuer),
    checkAudience(payload, wanted.audiences),
    checkText(payload, 'sub', wanted.subject),
    checkType(header, wanted.type),
    ...wanted.required.map((name) => checkPresence(payload, name)),
    ...wanted.values.map((one) => checkValue(payload, one)),
  ]
  const failures = checks.flatMap((one) => (typeof one === 'object' ? [one] : []))
  const notes = checks.flatMap((one) => (typeof one === 'string' ? [one] : []))
  if (wanted.asOf === true) notes.push(`as of ${formatInstant(wanted.now, { kind: 'utc' })}`)
  if (wanted.leeway > 0) notes.push(`leeway ${formatDuration(wanted.leeway)}`)
  return { status: failures.length === 0 ? 'pass' : 'fail', failures: dropTwins(failures), notes }
}

/** What a correct verifier rejects, and no expectation has spoken of yet. */
export function addFindings(verdict: ClaimsVerdict, findings: readonly Finding[]): ClaimsVerdict {
  const told = new Set(verdict.failures.map(({ claim }) => claim))
  const more = findings.flatMap(({ area, severity, code, message }): Failure[] => {
    // times are judged by claim-times.ts, one by one
    if (area !== 'claims' || severity !== 'error' || code.startsWith('time-')) return []
    const claim = /^[a-z]{3}(?=-)/.exec(code)?.[0] ?? code
    // the claim stands in front of it already
    const said = message.startsWith(`${claim} is `) ? `it${message.slice(claim.length)}` : message
    return told.has(claim) ? [] : [{ claim, expected: undefined, actual: undefined, message: said }]
  })
  if (more.length === 0) return verdict
  return { ...verdict, status: 'fail', failures: [...verdict.failures, ...more] }
}

/** What else was found wrong with the claims, and what is to be asked of them still. */
export function addFailures(
  verdict: ClaimsVerdict,
  failures: readonly Failure[],
  doubts: readonly string[],
): ClaimsVerdict {
  const status = failures.length > 0 ? 'fail' : verdict.status
  return { ...verdict, status, failures: [...verdict.failures, ...failures], doubts }
}

function dropTwins(failures: readonly Failure[]): Failure[] {
  const told = new Set<string>()
  return failures.filter(({ claim, message }) => {
    const known = told.has(`${claim}\0${message}`)
    told.add(`${claim}\0${message}`)
    return !known
  })
}

function checkText(
  payload: ExactObject,
  name: 'iss' | 'sub',
  expected: string | undefined,
): Failure | string | undefined {
  const found = findClaim(payload, name)
  if (expected === undefined) return undefined
  const { value } = found
  const quoted = JSON.stringify(expected)
  if (value === undefined) return fail(name, expected, found, `it is missing; ${quoted} is wanted`)
  if (found.twice) return fail(name, expected, found, '')
  if (value.type === 'string' && value.value === expected) return `${name} ${show(value)}`
  const slash =
    value.type === 'string' && value.value.replace(/\/$/, '') === expected.replace(/\/$/, '')
      ? ': they differ by the slash at the end'
      : ''
  return fail(name, expected, found, `it is ${show(value)}, not ${quoted}${slash}`)
}

function checkAudience(
  payload: ExactObject,
  expected: readonly string[] | undefined,
): Failure | string | undefined {
  const found = findClaim(payload, 'aud')
  const { value } = found
  if (expected === undefined) return undefined
  const quoted = expected.map((one) => JSON.stringify(one)).join(' or ')
  if (value === undefined) return fail('aud', expected, found, `it is missing; ${quoted} is wanted`)
  if (found.twice) return fail('aud', expected, found, '')
  const items = value.type === 'array' ? value.items : [value]
  if (items.some(({ type }) => type !== 'string')) {
    return fail(
      'aud',
      expected,
      found,
      `it is ${show(value)}, and must be a text or a list of texts`,
    )
  }
  const match = items.find((item) => item.type === 'string' && expected.includes(item.value))
  if (match !== undefined) return `aud ${show(match)}`
  return fail('aud', expected, found, `it is ${show(value)}, without ${quoted}`)
}

/** RFC 7515 4.1.9: `application/` goes without saying, and case does not matter. */
function checkType(
  header: ExactJson | undefined,
  expected: string | undefined,
): Failure | string | undefined {
  if (expected === undefined) return undefined
  const found = findClaim(header, 'typ')
  const { value } = found
  if (value === undefined) {
    return fail(
      'typ',
      expected,
      found,
      `its header has none; ${JSON.stringify(expected)} is wanted`,
    )
  }
  const normal = (type: string): string =>
    type.toLowerCase().replace(/^application\/(?=[^/]*$)/, '')
  const right = value.type === 'string' && normal(value.value) === normal(expected)
  if (right && !found.twice) return `typ ${show(value)}`
  return fail('typ', expected, found, `it is ${show(value)}, not ${JSON.stringify(expected)}`)
}

function checkPresence(payload: ExactObject, name: string): Failure | string | undefined {
  const found = findClaim(payload, name)
  if (found.value === undefined) return fail(name, undefined, found, 'it is missing')
  if (found.twice) return fail(name, undefined, found, '')
  const empty = found.value.type === 'literal' && found.value.value === null
  return empty ? fail(name, undefined, found, 'it is null') : undefined
}

function checkValue(
  payload: ExactObject,
  { name, path, value: expected }: Expectation,
): Failure | string | undefined {
  let found: ClaimFound = { value: payload, twice: false }
  for (const step of path) {
    const { value } = found
    const item = value?.type === 'array' && typeof step === 'number' ? value.items[step] : undefined
    found = item ? { value: item, twice: false } : findClaim(value, `${step}`)
    if (found.value === undefined || found.twice) break
  }
  const { value } = found
  const wanted = show(expected)
  if (value === undefined) return fail(name, expected, found, `it is missing; ${wanted} is wanted`)
  if (!found.twice && isSame(value, expected)) return `${name} ${show(value)}`
  const other =
    value.type !== 'string' &&
    expected.type === 'string' &&
    writeExactJson(value) === expected.value
  const hint = other ? `; that is no text: --expect ${name}:=${expected.value}` : ''
  return fail(name, expected, found, `it is ${show(value)}, not ${wanted}${hint}`)
}
