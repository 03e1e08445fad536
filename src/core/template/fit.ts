// Whether a value has the shape its field wants; a lone text is a list of one, "5m" is 300.

import { parseDuration } from '../duration.ts'
import { isTree } from '../profile/layer.ts'
import type { Field } from '../provider.ts'
import { Hidden } from '../secret/hidden.ts'
import { isList, type Value } from './value.ts'

export function fitValue(field: Field, value: Value): Value | undefined {
  const isText = typeof value === 'string' || value instanceof Hidden
  switch (field.type) {
    case 'text':
    case 'url':
    case 'path':
      return isText ? value : typeof value === 'number' ? `${value}` : undefined
    case 'list':
      return fitList(value)
    case 'object':
      return isTree(value) ? value : undefined
    case 'text or list':
      return isText || isList(value) ? value : undefined
    case 'text or object':
      return isText || isTree(value) ? value : undefined
    case 'boolean or object':
      if (value === 'true' || value === 'false') return value === 'true'
      return typeof value === 'boolean' || isTree(value) ? value : undefined
    case 'number':
      if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return Number(value)
      return typeof value === 'number' ? value : undefined
    case 'boolean':
      if (value === 'true' || value === 'false') return value === 'true'
      return typeof value === 'boolean' ? value : undefined
    case 'duration':
      return parseDuration(value)
  }
}

function fitList(value: Value): Value | undefined {
  if (typeof value === 'string') return value.split(/\s+/).filter((part) => part !== '')
  if (value instanceof Hidden) return [value]
  return isList(value) && value.every((item) => typeof item === 'string' || item instanceof Hidden)
    ? value
    : undefined
}

export function describeType(field: Field): string {
  const words = {
    text: 'text',
    url: 'a URL',
    path: 'a path',
    list: 'a list of texts',
    object: 'names with values',
    number: 'a number',
    boolean: 'true or false',
    duration: 'a time like 30s, 5m, 2h or seconds',
    'text or list': 'text or a list of texts',
    'text or object': 'text, a JWK or a signer',
    'boolean or object': 'true, false, or names with values',
  } as const
  return words[field.type]
}
