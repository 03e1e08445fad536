// The layers around a key: bytes or text, quotes, JSON, PEM armour, base64 of any of these.

import { type Block, decodeBase64, findBlocks, mendText, unescapeText } from './armor.ts'
import { type DerSort, identifyDer } from './der.ts'

export interface Material {
  readonly text: string
  readonly json?: object
  readonly blocks?: readonly Block[]
  readonly bytes?: Uint8Array
}

export function unwrapMaterial(input: string | Uint8Array, depth = 0): Material {
  const text = typeof input === 'string' ? input : decodeText(input)
  if (text === undefined) return { text: '', bytes: input as Uint8Array }
  const mended = mendText(text)
  const json = /^[{[]/.test(mended) ? parseJson(mended) : undefined
  if (json !== undefined) return { text: mended, json }
  const blocks = findBlocks(unescapeText(mended))
  if (blocks.length > 0) return { text: mended, blocks }
  // base64 of a whole PEM, of a JSON, of DER; and that once more, as pipelines will
  const bytes = depth < 3 ? decodeBase64(unescapeText(mended)) : undefined
  const inner = bytes && unwrapMaterial(bytes, depth + 1)
  const known = inner?.json ?? inner?.blocks ?? (inner?.bytes && readMagic(inner.bytes))
  return inner !== undefined && known !== undefined ? inner : { text: mended }
}

/** undefined for what is not text; PowerShell's > writes UTF-16. */
function decodeText(bytes: Uint8Array): string | undefined {
  const mark = (bytes[0] ?? 0) * 256 + (bytes[1] ?? 0)
  if (mark === 0xfffe) return new TextDecoder('utf-16le').decode(bytes)
  if (mark === 0xfeff) return new TextDecoder('utf-16be').decode(bytes)
  const text = new TextDecoder('utf-8').decode(bytes)
  // a friendly name in Latin-1 above the key leaves the key itself readable
  if (/[\0-\x08\x0e-\x1f]/.test(text)) return undefined
  return text.includes('\ufffd') && !text.includes('BEGIN') ? undefined : text
}

/** JSON, also with its quotes escaped or with real line breaks inside its strings. */
function parseJson(text: string): object | undefined {
  const attempts = [
    () => JSON.parse(text),
    () => JSON.parse(JSON.parse(`"${text}"`)),
    () => JSON.parse(escapeLineBreaks(text)),
  ]
  for (const attempt of attempts) {
    try {
      const value: unknown = attempt()
      if (typeof value === 'object' && value !== null) return value
    } catch {
      // the next attempt, or no JSON at all
    }
  }
  return undefined
}

/** Inside of strings only; a variable's \n is often a real one by the time it gets here. */
function escapeLineBreaks(text: string): string {
  let inside = false
  return text.replace(/\\.|["\n]/gs, (found) => {
    if (found === '"') inside = !inside
    return found === '\n' && inside ? '\\n' : found
  })
}

export function readMagic(bytes: Uint8Array): DerSort | 'jks' | undefined {
  const [a, b, c, d] = bytes
  if (a === 0xfe && b === 0xed && c === 0xfe && d === 0xed) return 'jks'
  if (a === 0xce && b === 0xce && c === 0xce && d === 0xce) return 'jks'
  return identifyDer(bytes)?.sort
}
