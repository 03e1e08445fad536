// A token as it is kept: never an assertion, a key or a secret, and nothing that can be had from the
// profile again. What does not read like one of ours counts as absent.

import type { Hop } from '../call/token.ts'
import { isJsonObject, readJson } from '../json.ts'

export const VERSION = 1

/** A bigger one was not written by us. */
export const LARGEST_ENTRY = 4 * 1024 * 1024

export interface Entry {
  readonly version: number
  /** of the store; a file that was copied to another name is no entry */
  readonly name: string
  readonly profile: string
  /** that the profile stands in; null where it is in none */
  readonly file: string | null
  readonly provider: string
  readonly environment: string | null
  readonly token: string
  readonly type: string
  /** milliseconds */
  readonly saved_at: number
  /** as the service says; null where nobody does */
  readonly expires_at: number | null
  /** when it must not be used any more */
  readonly until: number
  readonly scopes: readonly string[] | null
  readonly extra: Readonly<Record<string, unknown>>
  readonly via: readonly KeptHop[]
}

type KeptHop = Omit<Hop, 'environment' | 'expiresAt' | 'scopes' | 'cached'> & {
  readonly environment: string | null
  readonly expires_at: number | null
  readonly scopes: readonly string[] | null
}

export function readEntry(text: string | undefined, name: string): Entry | undefined {
  const data = text === undefined ? undefined : readJson(text)
  return isEntry(data) && data.name === name ? data : undefined
}

export function isEntry(data: unknown): data is Entry {
  return (
    isJsonObject(data) &&
    data.version === VERSION &&
    isText(data.name) &&
    isText(data.profile) &&
    isTextOrNull(data.file) &&
    isText(data.provider) &&
    isTextOrNull(data.environment) &&
    isText(data.token) &&
    /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(data.token) &&
    isText(data.type) &&
    isTime(data.saved_at) &&
    isTimeOrNull(data.expires_at) &&
    isTime(data.until) &&
    isTextsOrNull(data.scopes) &&
    isJsonObject(data.extra) &&
    Array.isArray(data.via) &&
    data.via.every(isKeptHop)
  )
}

function isKeptHop(data: unknown): data is KeptHop {
  return (
    isJsonObject(data) &&
    isText(data.profile) &&
    isText(data.provider) &&
    isTextOrNull(data.environment) &&
    isText(data.type) &&
    isTimeOrNull(data.expires_at) &&
    isTextsOrNull(data.scopes)
  )
}

export function readHops({ via }: Entry): Hop[] {
  return via.map((hop) => ({
    profile: hop.profile,
    provider: hop.provider,
    environment: hop.environment ?? undefined,
    type: hop.type,
    expiresAt: hop.expires_at ?? undefined,
    scopes: hop.scopes ?? undefined,
    cached: true,
  }))
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isTextOrNull = (value: unknown): boolean => value === null || isText(value)
const isTextsOrNull = (value: unknown): boolean =>
  value === null || (Array.isArray(value) && value.every(isText))
const isTime = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value)
const isTimeOrNull = (value: unknown): boolean => value === null || isTime(value)
