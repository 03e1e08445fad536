// The encodings that a text passes on its way into a request. Each has a twin for the shell, since what
// --curl prints must come to the same bytes with nothing but POSIX tools.

/** What a text is made of, as far as that tells whether an encoding would change it. */
export type Alphabet = 'word' | 'percent' | 'base64' | 'any'

export interface Encoding {
  apply(text: string): string
  /** the same for what stands in double quotes */
  shell(words: string): string
  readonly yields: Alphabet
  /** leaves these alone, so that the shell need not do it */
  readonly spares: readonly Alphabet[]
}

export const PERCENT: Encoding = {
  apply: percentEncode,
  shell: (words) => `$(printf %s "${words}" | percent)`,
  yields: 'percent',
  spares: ['word'],
}

export const BASE64: Encoding = {
  apply: (text) => encodeBase64(new TextEncoder().encode(text)),
  shell: (words) => `$(printf %s "${words}" | base64 | tr -d '\\n')`,
  yields: 'base64',
  spares: [],
}

export const UPPER: Encoding = {
  apply: (text) => text.toUpperCase(),
  shell: (words) => `$(printf %s "${words}" | tr a-z A-Z)`,
  yields: 'any',
  spares: [],
}

export const DASHES: Encoding = {
  apply: (text) => text.replaceAll('.', '-'),
  shell: (words) => `$(printf %s "${words}" | tr . -)`,
  yields: 'any',
  spares: [],
}

/** Inside the quotes of JSON. */
export const JSON_STRING: Encoding = {
  apply: (text) => JSON.stringify(text).slice(1, -1),
  shell: quoteInShell,
  yields: 'any',
  spares: ['word', 'percent', 'base64'],
}

/** Inside the quotes of a curl configuration, which are much like JSON's. */
export const CURL_STRING: Encoding = {
  apply: (text) =>
    text.replace(/[\\"]/g, '\\$&').replace(/[\n\r\t]/g, (char) => BREAKS.get(char) ?? char),
  shell: quoteInShell,
  yields: 'any',
  spares: ['word', 'percent', 'base64'],
}

const BREAKS = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

// awk wants whole lines, and $( ) would eat a line break at the end
function quoteInShell(words: string): string {
  return `$(printf '%s\\n' "${words}" | quote)`
}

/** The functions that those expressions call, by name. */
export const SHELL_FUNCTIONS: Readonly<Record<string, string>> = {
  percent:
    'percent() { od -An -v -tx1 | awk \'BEGIN { for (i = 45; i < 127; i++) { c = sprintf("%c", i); if (c ~ /[A-Za-z0-9._~-]/) kept[sprintf("%02x", i)] = c } } { for (n = 1; n <= NF; n++) printf "%s", $n in kept ? kept[$n] : "%" toupper($n) }\'; }',
  quote:
    'quote() { sed \'s/[\\\\"]/\\\\&/g\' | awk \'{ gsub(/\\t/, "\\\\t"); gsub(/\\r/, "\\\\r"); printf "%s%s", glue, $0; glue = "\\\\n" }\'; }',
}

/** RFC 3986: everything but the unreserved. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

export function encodeBase64(bytes: Uint8Array): string {
  let binary = ''
  // a chunk at a time: so many arguments a call may have
  for (let at = 0; at < bytes.length; at += 8192) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  }
  return btoa(binary)
}
