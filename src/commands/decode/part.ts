// `decode --claim | --header | --payload`: one part of the token, for scripts.

import type { Context, Flags } from '../../cli.ts'
import { TokenError } from '../../core/error.ts'
import { type ExactJson, findMember, writeExactJson } from '../../core/jwt/json/exact-json.ts'
import type { JsonPart } from '../../core/jwt/token.ts'
import { nearest } from '../../core/nearest.ts'
import { escapeControls, escapeJson, escapeLine } from '../../core/terminal.ts'
import type { World } from '../../core/world.ts'
import type { Reading } from './decode.ts'

export async function formatParts(
  readings: readonly Reading[],
  flags: Flags,
  { world, printer }: Context,
): Promise<string | Uint8Array> {
  const asked = ['header', 'payload', 'claim'].filter((name) => flags[name] !== undefined)
  if (asked.length > 1) {
    throw new TokenError('usage', `--${asked[0]} and --${asked[1]} ask for two things`)
  }
  const [first] = readings
  const chosen = flags.all === true || first === undefined ? readings : [first]
  const others = readings.length - chosen.length
  if (others > 0) {
    await printer.warn(
      `there ${others === 1 ? 'is another token' : `are ${others} other tokens`} in the input; --field NAME or --all`,
    )
  }
  const raw = flags.raw === true && flags.header !== true
  const parts = chosen.map((reading) => {
    const innermost = findInnermost(reading)
    const sealed = raw ? reading.decrypted : undefined
    const part = sealed ?? (flags.header === true ? innermost.header : innermost.payload)
    if (part === undefined) throw refuseAbsent(innermost, flags.header === true)
    return part
  })
  if (typeof flags.claim === 'string') {
    const name = `${flags.claim}`
    if (parts.some(({ json }) => countMembers(json, name) > 1)) {
      await printer.warn(`${name} stands there more than once; the last one is printed`)
    }
    return parts.map((part) => formatClaim(part, name, world)).join('')
  }
  if (flags.raw === true) return joinRaw(parts, world)
  return parts
    .map((part) => {
      if (part.json === undefined) return `${escapeControls(part.plain ?? part.text)}\n`
      return `${escapeJson(writeExactJson(part.json, flags.json === true ? undefined : 2))}\n`
    })
    .join('')
}

function countMembers(json: ExactJson | undefined, name: string): number {
  return json?.type === 'object' ? json.members.filter((one) => one.name === name).length : 0
}

function findInnermost(reading: Reading): Reading {
  return reading.inner === undefined ? reading : findInnermost(reading.inner)
}

function refuseAbsent({ found }: Reading, header: boolean): TokenError {
  const { token } = found
  const sealed = token.kind === 'jwe' && !header
  return new TokenError(
    'check_failed',
    sealed
      ? 'its payload is encrypted'
      : `${token.kind === 'opaque' ? token.name : 'this token'} has no ${header ? 'header' : 'payload'} to show`,
    sealed
      ? { fix: '--key FILE, the key it was encrypted for' }
      : { ...(token.kind === 'opaque' && { means: token.advice }) },
  )
}

/** The bytes as they stand; a terminal obeys none of them. */
function joinRaw(parts: readonly JsonPart[], world: World): string | Uint8Array {
  const [only] = parts
  if (world.stdout.isTTY || only?.bytes === undefined || parts.length > 1) {
    return parts.map((part) => `${escapeControls(part.plain ?? part.text)}\n`).join('')
  }
  return only.bytes
}

/** Text without its quotes, everything else as it stands. */
function formatClaim({ json }: JsonPart, name: string, { stdout }: World): string {
  const value = findMember(json, name) ?? findPath(json, name)
  if (value === undefined) throw refuseClaim(json, name)
  if (value.type !== 'string') return `${escapeJson(writeExactJson(value))}\n`
  return `${stdout.isTTY ? escapeControls(value.value) : value.value}\n`
}

function findPath(json: ExactJson | undefined, name: string): ExactJson | undefined {
  let value = json
  for (const part of name.split('.')) {
    value = value?.type === 'array' ? value.items[Number(part)] : findMember(value, part)
  }
  return value
}

function refuseClaim(json: ExactJson | undefined, name: string): TokenError {
  const names = json?.type === 'object' ? json.members.map((member) => member.name) : []
  const close = nearest(name, names)
  return new TokenError('check_failed', `the token has no claim ${escapeLine(name)}`, {
    means:
      close === undefined
        ? `it has ${names.slice(0, 30).map(escapeLine).join(', ') || 'none'}`
        : `did you mean ${escapeLine(close)}?`,
  })
}
