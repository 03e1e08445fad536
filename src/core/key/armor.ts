// What happens to key text on its way through editors, variables and YAML, undone: invisible
// characters, quotes, escapes, smart dashes, lost lines; and the PEM blocks found in what is left.

import { encodeBase64 } from '../template/encoding.ts'

export interface Block {
  /** of the BEGIN line, or of the END line where that is all there is */
  readonly label: string
  /** DEK-Info of a traditional encrypted key */
  readonly cipher: string | undefined
  readonly iv: string | undefined
  /** without white space and quotes; whether it is base64 is for the reader to see */
  readonly body: string
  readonly begun: boolean
  readonly ended: boolean
}

const QUOTES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '`': '`',
  '“': '”',
  '‘': '’',
}

/** Invisible characters, odd spaces, line ends and the quotes around it all. */
export function mendText(text: string): string {
  let mended = text
    .replace(/[\ufeff\u200b-\u200d\u2060\u00ad]/g, '')
    .replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .trim()
  for (;;) {
    const close = QUOTES[mended[0] ?? '']
    if (close === undefined || mended.length < 2 || !mended.endsWith(close)) return mended
    mended = mended.slice(1, -1).trim()
  }
}

/** Literal \n, however often it was escaped; armour holds no backslash that means anything. */
export function unescapeText(text: string): string {
  return text
    .replace(/\\+/g, '\\')
    .replace(/\\(?:r\\n|[nr]|u000[ad])/gi, '\n')
    .replace(/\\t?/g, ' ')
}

// Bounded runs: a megabyte of dashes must not be tried from each of its places.
const BEGIN = /-{1,9}\s{0,9}BEGIN\s{1,9}([A-Z0-9][A-Z0-9 \n]{0,60}?)\s{0,9}-{1,9}/g
const END = /-{1,9}\s{0,9}END\s{1,9}([A-Z0-9][A-Z0-9 \n]{0,60}?)\s{0,9}(?:-{1,9}|$)/

export function findBlocks(text: string): Block[] {
  const straight = text.replace(/[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g, '-')
  const begins = [...straight.matchAll(BEGIN)]
  if (begins.length === 0) return findHeadless(straight)
  return begins.map((begin, index) => {
    const from = begin.index + begin[0].length
    const inside = straight.slice(from, begins[index + 1]?.index)
    const end = END.exec(inside)
    return readBlock(begin[1] ?? '', inside.slice(0, end?.index), true, end !== null)
  })
}

/** The first lines are lost: the END line still says what it was. */
function findHeadless(text: string): Block[] {
  const end = END.exec(text)
  if (end === null) return []
  const body = /[A-Za-z0-9+/=\s]*$/.exec(text.slice(0, end.index))?.[0] ?? ''
  return [readBlock(end[1] ?? '', body, false, true)]
}

const HEADERS =
  /^\s{0,9}Proc-Type:\s{0,9}4,\s{0,9}ENCRYPTED\s{0,9}DEK-Info:\s{0,9}([A-Z0-9-]{1,30}),\s{0,9}/i

function readBlock(label: string, inside: string, begun: boolean, ended: boolean): Block {
  // RFC 4716: a comment of its own, with dashes in it as likely as not
  if (label.startsWith('SSH2')) return readSsh2(label, inside, ended)
  const headers = HEADERS.exec(inside)
  const cipher = headers?.[1]?.toUpperCase()
  let rest = inside.slice(headers?.[0].length ?? 0)
  let iv: string | undefined
  if (cipher !== undefined) {
    // where the line breaks are gone, only the cipher says where the IV stops
    const digits = /^(AES|CAMELLIA|ARIA|SEED)/.test(cipher) ? 32 : 16
    iv = rest.slice(0, digits)
    rest = rest.slice(digits)
  }
  return {
    label: label.replace(/\s+/g, ' '),
    cipher,
    iv,
    // what is left of a broken END line is no base64 either
    body: rest.replace(/-.*$/s, '').replace(/[\s"'`,;]/g, ''),
    begun,
    ended,
  }
}

function readSsh2(label: string, inside: string, ended: boolean): Block {
  const body = inside.replace(/^[A-Za-z][\w-]{0,63}: [^\n]*$/gm, '').replace(/\s/g, '')
  return { label, cipher: undefined, iv: undefined, body, begun: true, ended }
}

/** Standard or URL-safe, padded or not, broken into lines or not; undefined when it is neither. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const digits = text
    .replace(/\s+/g, '')
    .replace(/=+$/, '')
    .replaceAll('-', '+')
    .replaceAll('_', '/')
  if (digits === '' || !/^[A-Za-z0-9+/]+$/.test(digits)) return undefined
  // a text cut off in the middle may leave one digit over, which says nothing by itself
  const whole = digits.length % 4 === 1 ? digits.slice(0, -1) : digits
  return Uint8Array.from(atob(whole), (char) => char.charCodeAt(0))
}

export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_')
}

export function writePem(label: string, bytes: Uint8Array, headers = ''): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${headers}${lines.join('\n')}\n-----END ${label}-----\n`
}
