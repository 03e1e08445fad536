// Whose a certificate is: `/CN=chatbot/O=Example/C=US`, as openssl takes it.

import { TokenError } from '../../../core/error.ts'
import { nearest } from '../../../core/nearest.ts'
import { quoteShell } from '../../../core/shell.ts'
import { oid, sequence, set, tag } from './der-writer.ts'

export interface Attribute {
  readonly name: string
  readonly value: string
}

const UTF8 = 0x0c
const PRINTABLE = 0x13
const ASCII = 0x16

const KINDS: Readonly<Record<string, readonly [id: string, tag: number, most: number]>> = {
  CN: ['2.5.4.3', UTF8, 64],
  O: ['2.5.4.10', UTF8, 64],
  OU: ['2.5.4.11', UTF8, 64],
  C: ['2.5.4.6', PRINTABLE, 2],
  ST: ['2.5.4.8', UTF8, 128],
  L: ['2.5.4.7', UTF8, 128],
  street: ['2.5.4.9', UTF8, 128],
  postalCode: ['2.5.4.17', UTF8, 40],
  serialNumber: ['2.5.4.5', PRINTABLE, 64],
  title: ['2.5.4.12', UTF8, 64],
  GN: ['2.5.4.42', UTF8, 64],
  SN: ['2.5.4.4', UTF8, 64],
  UID: ['0.9.2342.19200300.100.1.1', UTF8, 256],
  DC: ['0.9.2342.19200300.100.1.25', ASCII, 63],
  emailAddress: ['1.2.840.113549.1.9.1', ASCII, 255],
}

export function readName(text: string): [Attribute, ...Attribute[]] {
  if (text === '') throw refuse('--subject names nobody', "--subject '/CN=chatbot'")
  if (!text.startsWith('/')) {
    const meant = /^[^/=]+$/.test(text) ? `/CN=${text}` : `/${text.replace(/,\s*/g, '/')}`
    throw refuse(`--subject ${text} does not begin with a slash`, `--subject ${quoteShell(meant)}`)
  }
  // \/ is a slash of the value
  const parts = text.slice(1).match(/(?:\\.|[^\\/])+/g) ?? []
  const [first, ...more] = parts.map((part) => readAttribute(part.replace(/\\(.)/g, '$1')))
  if (first === undefined) throw refuse('--subject names nobody', "--subject '/CN=chatbot'")
  return [first, ...more]
}

function readAttribute(part: string): Attribute {
  const at = part.indexOf('=')
  const [given, value] = [part.slice(0, Math.max(0, at)).trim(), part.slice(at + 1)]
  const name = Object.keys(KINDS).find((known) => known.toLowerCase() === given.toLowerCase())
  const kind = name === undefined ? undefined : KINDS[name]
  if (name === undefined || kind === undefined) {
    const close = nearest(given, Object.keys(KINDS))
    const known = `known: ${Object.keys(KINDS).join(', ')}`
    throw refuse(
      `--subject: ${at < 0 ? `${part} has no =` : `there is no ${given}`}`,
      close === undefined ? known : `did you mean ${close}? (${known})`,
    )
  }
  const [, tag, most] = kind
  const wrong =
    value === ''
      ? 'is empty'
      : UNSEEN.test(value)
        ? 'holds a character that is not seen'
        : [...value].length > most
          ? `has more than ${most} characters`
          : name === 'C' && !/^[A-Z]{2}$/.test(value)
            ? 'is a country of two capital letters: US'
            : tag === PRINTABLE && !/^[A-Za-z0-9 '()+,./:=?-]+$/.test(value)
              ? 'holds a character that may not stand there'
              : tag === ASCII && !/^[\x20-\x7e]+$/.test(value)
                ? 'holds a character that is no ASCII'
                : undefined
  if (wrong !== undefined) throw refuse(`--subject: ${name} ${wrong}`, "--subject '/CN=chatbot'")
  return { name, value }
}

/** Controls, and what turns the direction of writing: a name that reads as another. */
const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u

function refuse(message: string, fix: string): TokenError {
  return new TokenError('usage', message, { fix })
}

export function writeName(attributes: readonly Attribute[]): Buffer {
  return sequence(
    ...attributes.map(({ name, value }) => {
      const [id = '', kind = UTF8] = KINDS[name] ?? []
      return set(sequence(oid(id), tag(kind, Buffer.from(value))))
    }),
  )
}

/** As it was given. */
export function showName(attributes: readonly Attribute[]): string {
  return attributes.map(({ name, value }) => `/${name}=${value.replaceAll('/', '\\/')}`).join('')
}
