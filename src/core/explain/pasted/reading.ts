// What somebody pasted, as what a service answered: its status, and every place in the text that may
// tell a code or a reason, the most telling first. Which of them does is up to who explains it.

import { isPage, readRequestId } from '../../answer/answer.ts'
import { type Failure, readFailure } from '../../answer/failure.ts'
import { USUAL } from '../../answer/usual.ts'
import { isTree } from '../../profile/layer.ts'
import type { Answer as Columns } from '../../provider.ts'
import { isList } from '../../template/value.ts'
import { type Fragment, findFragments } from './fragment.ts'
import { readOwn } from './own.ts'
import { findPairs, findQuery } from './pair.ts'
import { listProse } from './prose.ts'
import { findStatus, isOnlyStatus } from './status.ts'
import { dropHeaders, dropNoise, readHeaders } from './transcript.ts'

export interface Clue {
  readonly data: unknown
  readonly body: string
  readonly status: number | undefined
  /** what it says, where that needs no reading */
  readonly failure: Failure | undefined
  /** the same as a person would tell it */
  readonly shown: Failure | undefined
  /** an error as RFC 6749 has it */
  readonly isRfc: boolean
}

export interface Reading {
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly requestId: string | undefined
  readonly urls: readonly string[]
  readonly clues: readonly Clue[]
  /** the text itself, as far as it is looked at for addresses and shapes */
  readonly seen: string
  /** there was an answer; else what failed may be the way to the service */
  readonly answered: boolean
  /** of our own error output: which provider it was */
  readonly provider: string | undefined
}

const SEEN = 65_536

/** `codes`: words that are codes wherever they stand. */
export function readPasted(pasted: string, codes: ReadonlySet<string>): Reading {
  const text = dropNoise(pasted)
  const fragments = findFragments(text)
  const seen = text.slice(0, SEEN)
  const urls = [...seen.matchAll(/https?:\/\/[^\s"'<>\\]{1,500}/g)].slice(0, 20).map(([url]) => url)
  const headers = readHeaders(seen)
  const own = readOwn(seen, fragments)
  if (own) {
    const shown = { ...own.failure, details: own.failure.details }
    return {
      ...own,
      headers,
      urls,
      clues: [clueOf({ failure: own.failure, shown, status: own.status })],
      seen,
      answered: own.status !== undefined,
    }
  }
  const status = findStatus(seen)
  const structured = [...listErrors(fragments), ...listLoose(text, fragments)]
  const isRfc = structured.some((clue) => clue.isRfc)
  const code = structured
    .map((clue) => readClue(clue, { status, headers }, USUAL).code)
    .find(isCode)
  const prose = listProse(dropHeaders(text), fragments, codes, code).map((one) =>
    clueOf({ ...one, isRfc }),
  )
  const isQuiet = (clue: Clue): boolean => saysNothing(readClue(clue, { status, headers }, USUAL))
  const quiet =
    status !== undefined &&
    (structured.length > 0 ? structured.every(isQuiet) : isOnlyStatus(dropHeaders(text)))
  const clues = [...structured, ...(quiet ? [clueOf({ failure: SILENT })] : prose)]
  const answered = status !== undefined || structured.some(isAnswer)
  const requestId = readRequestId(toAnswer(clues[0], { status, headers }), clues[0]?.data, REQUEST)
  return { status, headers, requestId, urls, clues, seen, answered, provider: undefined }
}

function isCode(code: string | undefined): code is string {
  return code !== undefined && !/^[1-5]\d\d$/.test(code)
}

/** The same, if nothing but its status were known. */
export function silence(reading: Reading): Reading {
  return { ...reading, clues: [clueOf({ failure: SILENT })] }
}

/** No more than the name of a status: Not Found. */
function saysNothing({ code, text = '', details }: Failure): boolean {
  return (!isCode(code) || isOnlyStatus(code)) && isOnlyStatus(text) && details.every(isOnlyStatus)
}

const SILENT: Failure = { code: undefined, text: undefined, details: [] }

const REQUEST: Columns = {
  request_id: [
    'trace_id',
    'correlation_id',
    'errorId',
    'request_id',
    'requestId',
    'header:x-request-id',
    'header:x-correlation-id',
    'header:x-okta-request-id',
    'header:x-github-request-id',
    'header:x-ms-request-id',
  ],
}

function clueOf(known: Partial<Clue>): Clue {
  return {
    data: undefined,
    body: '',
    status: undefined,
    failure: undefined,
    shown: undefined,
    ...known,
    isRfc:
      known.isRfc === true ||
      (isTree(known.data) && typeof known.data.error_description === 'string') ||
      // the words of RFC 6749 are written like this, and those of few others
      /^[a-z]+(_[a-z]+)+$/.test(known.failure?.code ?? ''),
  }
}

/** As the service itself would have its answer read. */
export function readClue(
  clue: Clue,
  reading: Pick<Reading, 'status' | 'headers'>,
  columns: Columns,
): Failure {
  return clue.failure ?? readFailure(toAnswer(clue, reading), clue.data, columns)
}

function toAnswer(
  clue: Clue | undefined,
  { status, headers }: Pick<Reading, 'status' | 'headers'>,
) {
  const known = clue?.status ?? status ?? 400
  return { status: known, headers, body: clue?.body ?? '', sentAt: 0, answeredAt: 0 }
}

const STRONG =
  /^(error|errors|errorCode|errorSummary|error_description|errcode|invalid-params|scimType|schemas|odsMessages|errorResponse)$/
const WEAK = /^(code|message|msg|detail|title|reason|description|statusCode|error_codes)$/

function rank(data: unknown): number {
  if (isList(data)) return isTree(data[0]) ? rank(data[0]) : 0
  if (!isTree(data)) return 0
  const names = Object.keys(data)
  return names.some((name) => STRONG.test(name)) ? 2 : names.some((name) => WEAK.test(name)) ? 1 : 0
}

function listErrors(fragments: readonly Fragment[]): Clue[] {
  const errors = fragments.filter(({ data }) => rank(data) > 0)
  return errors
    .sort((one, other) => rank(other.data) - rank(one.data))
    .slice(0, 20)
    .map(({ text, data }) => clueOf({ data, body: text, status: statusOf(data) }))
}

function statusOf(data: unknown): number | undefined {
  const one = isList(data) ? data[0] : data
  if (!isTree(one)) return undefined
  const inner = isList(one.errors) && isTree(one.errors[0]) ? one.errors[0].status : undefined
  const said = [one.statusCode, one.status, one.status_code, one.http_status, inner]
  return said.map(Number).find((status) => status >= 100 && status < 600)
}

/** What is no JSON, or none any more: pages, parameters, broken bodies, the printouts of others. */
function listLoose(text: string, fragments: readonly Fragment[]): Clue[] {
  const known = fragments.some(({ data }) => rank(data) === 2)
  const query = findQuery(text)
  const brace = text.search(/[[{]\s{0,20}\\?"[^"\n]{0,100}"\s{0,3}:/)
  const empty = fragments.find(({ data }) => isEmpty(data))
  return [
    ...(query ? [clueOf({ data: query })] : []),
    ...(known || brace < 0 ? [] : [clueOf({ body: text.slice(brace, brace + 4096) })]),
    ...(known ? [] : findPairs(text).map((data) => clueOf({ data, status: statusOf(data) }))),
    ...(isPage(text) || /<title[^>]{0,200}>/i.test(text) ? [clueOf({ body: text })] : []),
    ...(empty && text.length < 5000 ? [clueOf({ failure: SILENT, data: empty.data })] : []),
  ]
}

function isEmpty(data: unknown): boolean {
  return isTree(data) && Object.keys(data).length === 0
}

function isAnswer({ data }: Clue): boolean {
  const one = isList(data) ? data[0] : data
  return (
    isTree(one) &&
    ['error_description', 'errorCode', 'errors', 'scimType'].some((name) => name in one)
  )
}
