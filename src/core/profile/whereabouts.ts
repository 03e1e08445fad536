// Where a call goes, as far as that can be told without asking anyone, and who says so.

import type { Tools } from '../call/tools.ts'
import { attempt } from '../error.ts'
import type { ProfileDocument } from '../file/document.ts'
import { Hidden } from '../secret/hidden.ts'
import { parseTemplate } from '../template/template.ts'
import { type Text, toText } from '../template/value.ts'
import type { Values } from '../template/values.ts'
import type { Path } from './layer.ts'
import { type Profile, writtenValue } from './profile.ts'
import { traceSources } from './sources.ts'
import { glimpse, spell } from './spelling.ts'

const ADDRESSES = ['token_endpoint', 'authorization_server']

/** The found file that says, in whole or in part, where a call of this profile goes. */
export function findChooser(profile: Profile): ProfileDocument | undefined {
  const own = [profile.entry?.document, profile.home].find((file) => file?.origin === 'project')
  if (own !== undefined) return own
  const { call } = profile.provider
  const roots = [
    ...ADDRESSES.map((name) => ({ path: [name], template: null })),
    ...(call ? [{ path: ['call', 'url'], template: call.url }] : []),
  ]
  const base = profile.layers.originOf(['base_url'])
  const uses = base?.kind === 'handed on' && traceSources(profile, roots).fields.has('base_url')
  const before = [uses ? base.from : undefined, profile.environmentOf]
  return before.map((one) => one && findChooser(one)).find((file) => file !== undefined)
}

/** The server whose metadata names the token endpoint, where the profile names none. */
export function findIssuer(values: Values): string | undefined {
  const { profile } = values
  const issuer = values.text('authorization_server')
  const uses = profile.provider.call && Object.hasOwn(profile.provider.fields, 'token_endpoint')
  const written = writtenValue(profile, 'token_endpoint')
  const known = typeof written === 'string' && values.text('token_endpoint') !== undefined
  return !uses || known ? undefined : issuer
}

/** The origin; a text that says so where it is not known yet; undefined: to where it was typed. */
export function findWhere(profile: Profile, tools: Tools): string | undefined {
  const { call } = profile.provider
  if (!call) return 'standard output'
  const issuer = attempt(() => findIssuer(glimpse(profile, tools, { env: true }).values))
  const facts = { env: true, ...(issuer !== undefined && { tokenEndpoint: issuer }) }
  const { values } = glimpse(profile, tools, facts)
  const at = ['call', 'url']
  const url = attempt(() => toText(values.fill(call.url, { at }) ?? ''))
  const origin = url === undefined ? undefined : originOf(url)
  if (url !== undefined) {
    const segments = listSegments({ profile, values, issuer }, at, call.url, [])
    if (isTypedOrigin(segments, origin)) return undefined
  }
  const { shown } = spell(profile, at, call.url, tools)
  return origin ?? `an address that is not known yet, ${shown.join(' ')}`
}

/** Whatever follows what is known of it must not make another host of it. */
const SEQUELS = ['1', 'x', '.x', '-x', ':1', '@x', '/', '?x']

function originOf(url: Text): string | undefined {
  if (typeof url === 'string') return readOrigin(url)
  const origin = readOrigin(url.start)
  return SEQUELS.every((more) => readOrigin(url.start + more) === origin) ? origin : undefined
}

function readOrigin(text: string): string | undefined {
  const { origin } = URL.canParse(text) ? new URL(text) : { origin: 'null' }
  return origin === 'null' ? undefined : origin
}

interface Segment {
  readonly typed: boolean
  readonly text: Text | undefined
}

interface Scene {
  readonly profile: Profile
  readonly values: Values
  readonly issuer: string | undefined
}

/** A text in the pieces that it is made of, through the fields that it names. */
function listSegments(scene: Scene, path: Path, text: string, open: readonly string[]): Segment[] {
  const { profile, values, issuer } = scene
  const typed = isTyped(profile, path)
  return parseTemplate(text).flatMap((piece): Segment[] => {
    if (typeof piece === 'string') return [{ typed, text: piece }]
    const asked = piece.kind === 'name' && piece.filters.length === 0 ? piece.name : undefined
    const name = asked === 'token_endpoint' && issuer !== undefined ? 'authorization_server' : asked
    const written = name === undefined ? undefined : writtenValue(profile, name)
    if (name !== undefined && typeof written === 'string' && !open.includes(name)) {
      return listSegments(scene, [name], written, [...open, name])
    }
    return [{ typed, text: attempt(() => toText(values.fill(piece.text, { at: path }) ?? '')) }]
  })
}

/** What was typed makes this origin by itself, with whatever follows. */
function isTypedOrigin(segments: readonly Segment[], origin: string | undefined): boolean {
  const end = segments.findIndex(({ typed, text }) => !typed && text !== '')
  if (end < 0) return true
  const texts = segments.slice(0, end).map(({ text }) => text ?? '')
  const start = Hidden.join(texts)
  return origin !== undefined && originOf(start) === origin
}

export function isTyped(profile: Profile, path: Path): boolean {
  const origin = profile.layers.originOf(path)
  if (origin?.kind === 'handed on') return origin.from ? isTyped(origin.from, path) : false
  return origin?.kind === 'flag'
}
