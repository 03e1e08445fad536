// What templates come to: plain JSON, with a Hidden wherever a secret stands.

import { Hidden, type SecretKind } from '../secret/hidden.ts'
import type { Secrets } from '../secret/secrets.ts'
import { JSON_STRING } from './encoding.ts'

export type Text = string | Hidden

export type Value =
  | string
  | number
  | boolean
  | null
  | Hidden
  | readonly Value[]
  | { readonly [name: string]: Value }

// Array.isArray does not narrow readonly lists.
export function isList(value: unknown): value is readonly Value[] {
  return Array.isArray(value)
}

/** The text of a value inside other text: lists and objects as JSON. */
export function toText(value: Value): Text {
  if (typeof value === 'string' || value instanceof Hidden) return value
  return typeof value === 'object' ? toJson(value) : `${value}`
}

export function toJson(value: Value): Text {
  if (value instanceof Hidden) {
    return value.isNumber ? value : Hidden.join(['"', value.encode(JSON_STRING), '"'])
  }
  if (isList(value)) return enclose('[', value.map(toJson), ']')
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value).map(([name, item]) =>
      Hidden.join([`${JSON.stringify(name)}:`, toJson(item)]),
    )
    return enclose('{', members, '}')
  }
  return JSON.stringify(value)
}

function enclose(open: string, items: readonly Text[], close: string): Text {
  return Hidden.join([open, ...separate(items, ','), close])
}

export function separate(texts: readonly Text[], separator: string): Text[] {
  return texts.flatMap((text, index) => (index === 0 ? [text] : [separator, text]))
}

/** Deep, and for the wire only: the value with its secrets in it. */
export function reveal(value: Value): unknown {
  if (value instanceof Hidden) return value.isNumber ? Number(value.reveal()) : value.reveal()
  if (value === null || typeof value !== 'object') return value
  if (isList(value)) return value.map(reveal)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, reveal(item)]))
}

export function revealText(text: Text): string {
  return typeof text === 'string' ? text : text.reveal()
}

/** Every text and number in it. `name`: what a person would call it who has to supply it. */
export function hideAll(value: Value, name: string, kind: SecretKind, secrets: Secrets): Value {
  if (value === null || typeof value === 'boolean' || value instanceof Hidden) return value
  if (isList(value)) return value.map((item) => hideAll(item, name, kind, secrets))
  if (typeof value !== 'object') return secrets.hide(value, name, kind)
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, hideAll(item, key, kind, secrets)]),
  )
}
