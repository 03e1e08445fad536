// `tokentool decode`: what a token says, as it stands in it. No key is needed, and no algorithm is
// refused; a JWE is opened where a key is given.

import type { Context, Flags } from '../../cli.ts'
import { type ExitCode, TokenError } from '../../core/error.ts'
import { type Finding, SEVERITIES, type Severity } from '../../core/jwt/finding/finding.ts'
import { type HeaderView, viewHeader } from '../../core/jwt/finding/header-view.ts'
import { lintToken } from '../../core/jwt/finding/lint.ts'
import { findMember } from '../../core/jwt/json/exact-json.ts'
import { identifyShape, type TokenShape } from '../../core/jwt/shape.ts'
import { parseZone, type Zone } from '../../core/jwt/time/instant.ts'
import { type Life, readLife } from '../../core/jwt/time/life.ts'
import type { EncryptedToken, Found, JsonPart, Token } from '../../core/jwt/token.ts'
import { TOKEN_SHAPES } from '../../providers/tokens.ts'
import { readNow } from '../moment.ts'
import { readTokenInput } from '../token-input.ts'
import { formatReadings } from './text.ts'

/** A token with all that is to be said of it. */
export interface Reading {
  readonly found: Found
  readonly header: JsonPart | undefined
  /** what the header says, protected or not */
  readonly view: HeaderView
  /** of a JWE: once it is decrypted */
  readonly payload: JsonPart | undefined
  /** the service's kind of token, where it is one we know */
  readonly shape: TokenShape | undefined
  readonly life: Life | undefined
  readonly findings: readonly Finding[]
  /** a token inside a decrypted one */
  readonly inner: Reading | undefined
  /** of a JWE: the bytes that were in it */
  readonly decrypted?: JsonPart | undefined
}

interface Lens {
  readonly now: number
  decrypt(token: EncryptedToken): Promise<JsonPart | undefined>
}

export async function decode(
  words: readonly string[],
  flags: Flags,
  { world, printer }: Context,
): Promise<ExitCode> {
  const now = readNow(flags.at, world.now())
  const zone = readZone(flags.tz)
  const found = await readTokenInput('decode', words, flags.field, world)
  const lens: Lens = {
    now,
    decrypt: async (token) => {
      if (typeof flags.key !== 'string') return undefined
      const { decryptPart } = await import('./key.ts')
      return decryptPart(token, flags, { world, printer })
    },
  }
  const readings: Reading[] = []
  for (const one of found) readings.push(await examine(one, lens))
  if (wantsPart(flags)) {
    const { formatParts } = await import('./part.ts')
    await world.stdout.write(await formatParts(readings, flags, { world, printer }))
  } else if (flags.json === true) {
    const { formatJson } = await import('./json.ts')
    await world.stdout.write(formatJson(readings, flags.all === true))
  } else if (!printer.view.quiet) {
    const paint = await printer.paint('stdout')
    await world.stdout.write(formatReadings(readings, { now, zone, world, paint }))
  }
  return judge(readings, flags)
}

const wantsPart = (flags: Flags): boolean =>
  flags.header === true ||
  flags.payload === true ||
  flags.raw === true ||
  typeof flags.claim === 'string'

async function examine(found: Found, lens: Lens, depth = 0): Promise<Reading> {
  const { token } = found
  if (token.kind === 'opaque') {
    const none = { header: undefined, payload: undefined, shape: undefined, life: undefined }
    return { found, view: viewHeader('', undefined, []), ...none, findings: [], inner: undefined }
  }
  if (token.kind === 'jwe') {
    const payload = await lens.decrypt(token)
    const inner = payload?.plain === undefined ? undefined : await readInner(payload.plain)
    const nested = inner !== undefined && inner.kind !== 'opaque' && depth < DEEPEST
    return {
      found,
      header: token.header,
      view: viewHeader('', token.header, [token.unprotected, token.recipients[0].unprotected]),
      payload: nested ? undefined : payload,
      decrypted: payload,
      shape: undefined,
      life: payload && !nested ? readLife(payload.json, lens.now) : undefined,
      findings: lintToken(token, lens.now, { ...(payload && !nested && { decrypted: payload }) }),
      inner: nested
        ? await examine(
            { token: inner, from: 'the decrypted token', field: undefined, repairs: [] },
            lens,
            depth + 1,
          )
        : undefined,
    }
  }
  const { header, unprotected } = token.signatures[0]
  const shape = identifyShape(header?.json, token.payload.json, TOKEN_SHAPES)
  const hashed = token.kind === 'sd-jwt' || findMember(header?.json, 'x5c') !== undefined
  const hash = hashed ? await loadHash() : undefined
  return {
    found,
    header,
    view: viewHeader('', header, [unprotected]),
    payload: token.payload,
    shape,
    life: readLife(token.payload.json, lens.now),
    findings: lintToken(token, lens.now, { ...(shape && { shape }), ...(hash && { hash }) }),
    inner: undefined,
  }
}

async function readInner(text: string): Promise<Token | undefined> {
  const { readToken } = await import('../../core/jwt/reading/reader.ts')
  return readToken(text)
}

/** Few tokens need it, and it is a third of what starting takes. */
async function loadHash(): Promise<(bytes: Uint8Array) => string> {
  const { createHash } = await import('node:crypto')
  return (bytes) => createHash('sha256').update(bytes).digest('base64url')
}

/** Tokens in tokens in tokens: nobody means more than this. */
const DEEPEST = 4

/** 7 where it was asked for: a token is not good now, or a finding is that bad. */
function judge(readings: readonly Reading[], flags: Flags): ExitCode {
  const worst = flags.failOn as Severity | undefined
  const bad = readings
    .flatMap((reading) => listInner(reading).flatMap(({ findings }) => findings))
    .some(
      ({ severity }) =>
        worst !== undefined && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(worst),
    )
  // an opaque one beside it, such as a refresh token, tells nothing
  const telling = readings.filter(({ found }) => found.token.kind !== 'opaque')
  const good =
    telling.length > 0 && telling.every((one) => listInner(one).some(({ life }) => isGood(life)))
  return bad || (flags.checkExp === true && !good) ? 7 : 0
}

/** What cannot be read, or was meant otherwise, is no promise. */
function isGood(life: Life | undefined): boolean {
  return (
    (life?.status === 'current' || life?.status === 'unlimited') &&
    life.unreadable.length === 0 &&
    !life.inMilliseconds
  )
}

function listInner(reading: Reading): Reading[] {
  return reading.inner === undefined ? [reading] : [reading, ...listInner(reading.inner)]
}

function readZone(text: unknown): Zone {
  const zone = parseZone(typeof text === 'string' ? text : 'UTC')
  if (zone !== undefined) return zone
  throw new TokenError('usage', `--tz ${text}: no such time zone`, {
    fix: '--tz UTC, --tz local, --tz +02:00, or --tz Europe/Berlin',
  })
}
