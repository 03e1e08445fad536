// SD-JWT (RFC 9901): a signed token, the claims that its holder chose to show, and perhaps a proof
// that it is the holder who shows them. `jwt~disclosure~disclosure~` and then the proof, or nothing.

import type { Disclosure, SignedToken } from '../token.ts'
import { readCompact } from './compact.ts'
import { readJsonPart } from './part.ts'

export function readSdJwt(text: string): SignedToken | undefined {
  const first = text.indexOf('~')
  if (first < 0) return undefined
  const token = readCompact(text.slice(0, first))
  if (token === undefined || token.kind === 'jwe') return undefined
  const shown = text.slice(first + 1).split('~')
  const last = shown.pop() ?? ''
  const proof = last === '' ? undefined : readCompact(last)
  const keyBinding = proof === undefined || proof.kind === 'jwe' ? undefined : proof
  // without the ~ behind it a last disclosure is still one
  const disclosures = [...shown, ...(last === '' || keyBinding !== undefined ? [] : [last])].map(
    readDisclosure,
  )
  return {
    ...token,
    kind: 'sd-jwt',
    text: [token.text, ...disclosures.map(({ part }) => part.text), keyBinding?.text ?? ''].join(
      '~',
    ),
    disclosures,
    keyBinding,
  }
}

/** [salt, name, value], or [salt, value] for an element of an array. */
export function readDisclosure(text: string): Disclosure {
  const part = readJsonPart(text)
  const items = part.json?.type === 'array' ? part.json.items : []
  const [salt, name] = items
  const named = items.length === 3 && name?.type === 'string'
  return {
    part,
    salt: salt?.type === 'string' ? salt.value : undefined,
    name: named ? name.value : undefined,
    value: named ? items[2] : items.length === 2 ? items[1] : undefined,
  }
}
