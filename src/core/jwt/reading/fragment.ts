// What was left of a JWT: its beginning, one of its parts, its two ends.

import { type ExactJson, findMember, parseExactJson } from '../json/exact-json.ts'
import { decodeBase64Url } from './base64url.ts'

export type Fragment = 'beginning' | 'header' | 'payload' | 'shortened'

/** One word, and no whole token; undefined: it has nothing of one. */
export function identifyFragment(text: string): Fragment | undefined {
  if (!/^e[yw]/.test(text)) return undefined
  if (/^ey[\w-]*(?:\.[\w-]*)?(?:\.{3,}(?!\.)|…)[\w.-]+$/.test(text)) return 'shortened'
  if (!/^e[yw][\w+/-]*={0,2}(?:\.{3,}|…)?$/.test(text)) return undefined
  const { bytes } = decodeBase64Url(text.replace(/[.…]+$/, ''))
  const json = bytes && parseExactJson(new TextDecoder().decode(bytes))
  if (json !== undefined) return identifyPart(json)
  // broken JSON
  return text.startsWith('eyJ') ? 'beginning' : undefined
}

function identifyPart(json: ExactJson): Fragment | undefined {
  const has = (name: string): boolean => findMember(json, name) !== undefined
  if (has('alg')) return 'header'
  return ['iss', 'iat', 'exp', 'nbf', 'jti', 'aud'].some(has) ? 'payload' : undefined
}
