// What a text is that holds no token. It is named, and never quoted: it may be a secret.

import { isJsonObject, type JsonObject } from '../../json.ts'
import { identifyJson } from '../../key/key-json.ts'
import { identifyKeyText, type KeySort } from '../../key/pem.ts'
import { stripColours } from '../intake/colour.ts'
import { parseExactJson, toPlain } from '../json/exact-json.ts'
import { type Fragment, identifyFragment } from './fragment.ts'

export interface Stranger {
  /** in words, with its article */
  readonly what: string
  readonly fix?: string
}

/** So much of a text shows what it is. */
const GLANCE = 65_536

export function describeNoToken(input: string): Stranger {
  const text = stripColours(input.replace(/^\ufeff/, '')).trim()
  if (text === '') return { what: 'empty', fix: 'look at what should have written it' }
  const glance = text.slice(0, GLANCE)
  if (/^[{[]/.test(text)) return describeJson(text)
  const known = KNOWN.find(([pattern]) => pattern.test(glance))?.[1]
  if (known) return known
  if (/[\u0000-\u0008\u000e-\u001a\ufffd]/.test(glance)) return { what: 'binary data' }
  const { sort, name, was } = identifyKeyText(glance)
  if (!NO_KEY.has(sort)) {
    const what =
      sort === 'cut-off' || sort === 'damaged' ? `${name}, ${sort.replace('-', ' ')}` : name
    return { what: was === undefined ? name : what, fix: INSPECT }
  }
  if (!/[\p{L}\p{N}]/u.test(text)) return { what: 'nothing but punctuation' }
  const word = text.replace(/^(?:authorization\s*:\s*)?(?:bearer|dpop|token)\s+/i, '')
  return /\s/.test(word) ? { what: 'text without a token in it' } : describeWord(word)
}

const INSPECT = 'tokentool key inspect FILE'
const NO_KEY = new Set<KeySort>(['text', 'path', 'html', 'binary', 'empty', 'jwt', 'jwe', 'json'])

const KNOWN: readonly (readonly [pattern: RegExp, is: Stranger])[] = [
  [
    /^(?:authorization\s*:\s*)?(?:bearer|dpop|token)$/i,
    {
      what: 'the word before a token, and no token behind it',
      fix: 'look whether the variable that should hold it is empty',
    },
  ],
  [
    /^["']?(?:null|undefined|none|nil|nan|false|true)["']?$/i,
    {
      what: 'what a script prints where it has no value',
      fix: 'look at the name of the member it reads the token from',
    },
  ],
  [
    /^(?:bearer\s+)?(?:\$\{?\w+\}?|%\w+%|<[^<>\n]{1,60}>|\{\{[^{}\n]{1,60}\}\})$/i,
    {
      what: 'a placeholder where the token should stand',
      fix: 'put the token there; in single quotes a shell fills in nothing',
    },
  ],
  [
    /^(?:authorization\s*:\s*)?basic\s+[\w+/=-]+$/i,
    { what: 'a user name and a password (Basic), and no token' },
  ],
  [
    /^<(?:!doctype\s+html|html|head|body)\b/i,
    { what: 'an HTML page', fix: 'look at the address that was asked: it answers with a page' },
  ],
  [/^(?:<\?xml|<\w+:|<\w+[\s>])|^PD94bWwg|^PHNhbWw/, { what: 'XML, perhaps SAML, and no JWT' }],
  [/^-?\d+(?:[.,]\d+)?$/, { what: 'a number' }],
  [/^\d+(?::\d+)+(?:[.,]\d+)?$/, { what: 'a time' }],
  [/^v?\d+(?:\.\d+)+$/, { what: 'numbers with dots between: a version, or the address of a host' }],
  [/^-$/, { what: 'a dash' }],
  [/^[a-z][a-z0-9+.-]*:\/\/\S+$/i, { what: 'a URL without a token in it' }],
  [/^[^\s@]+@[^\s@]+\.[^\s@]+$/, { what: 'an e-mail address' }],
]

function describeJson(text: string): Stranger {
  const json = parseExactJson(text)
  const value = json && toPlain(json)
  if (typeof value !== 'object' || value === null) {
    return {
      what: 'like JSON, but cut off, damaged or not quite JSON, and without a token in it',
    }
  }
  const { sort, name } = identifyJson(value)
  if (sort === 'jwks' && Array.isArray(value)) return { what: 'a JSON list without a token in it' }
  if (sort !== 'json') return { what: name, fix: INSPECT }
  return isJsonObject(value) ? describeObject(value) : { what: 'JSON without a token in it' }
}

function describeObject(json: JsonObject): Stranger {
  const has = (...names: string[]): boolean => names.some((name) => Object.hasOwn(json, name))
  if (has('error', 'errors', 'errorCode', 'ERRCODE')) {
    return { what: 'an error answer, without a token in it', fix: 'tokentool explain -' }
  }
  if (has('issuer') && has('jwks_uri', 'token_endpoint')) {
    return { what: 'the metadata of an issuer, without a token in it' }
  }
  if (has('alg') && has('typ', 'kid')) return { what: 'the header of a token, already decoded' }
  if (has('exp', 'iat', 'iss', 'sub')) {
    return { what: 'the claims of a token, already decoded', fix: 'paste the token itself' }
  }
  return { what: 'JSON without a token in it' }
}

function describeWord(text: string): Stranger {
  if (text.length > LONGEST_WORD) {
    return text.startsWith('eyJ') ? FRAGMENTS.beginning : NOT_KNOWN
  }
  const bare = /^["'`]?(.*?)["'`]?$/s.exec(text)?.[1] ?? ''
  const fragment = identifyFragment(bare)
  if (fragment) return FRAGMENTS[fragment]
  if (/^ey[\w-]*$/.test(bare)) return FRAGMENTS.beginning
  if (/^(?:[\w-]+\.)+[a-z]{2,24}(?::\d+)?$/.test(text)) {
    return { what: 'the name of a host or a file' }
  }
  if (/^[~.]{0,2}[/\\]|^[A-Z]:\\/i.test(text)) return { what: 'the name of a file' }
  if (/^[\w+/=-]+\.[\w+/=-]+\.[\w+/=-]*$/.test(text)) {
    return { what: 'three parts with dots between, and the first is no header of a JWT' }
  }
  if (/^[\p{L}\p{N}]+$/u.test(text)) return { what: 'a word, and no token in any known form' }
  return NOT_KNOWN
}

const LONGEST_WORD = 16_384
const NOT_KNOWN: Stranger = { what: 'no token in any known form' }

const COPY = 'copy it whole: it has two dots in it, and a part behind each'

const FRAGMENTS: Readonly<Record<Fragment, Stranger>> = {
  beginning: { what: 'the beginning of a JWT, cut off', fix: COPY },
  header: { what: 'the header of a JWT alone', fix: COPY },
  payload: { what: 'the payload of a JWT alone', fix: COPY },
  shortened: { what: 'a JWT, shortened: its middle is missing', fix: COPY },
}
