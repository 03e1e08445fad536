// One token, and nothing around it: what form it has, taken apart.

import { parseExactJson } from '../json/exact-json.ts'
import type { EncryptedToken, SignedToken, Token } from '../token.ts'
import { readCompact } from './compact.ts'
import { readJsonToken } from './json-serialization.ts'
import { recognizeOpaque } from './opaque.ts'
import { readSdJwt } from './sd-jwt.ts'

/** undefined: no token at all. */
export function readToken(text: string): Token | undefined {
  const bare = text.trim()
  if (bare.startsWith('{')) {
    const json = parseExactJson(bare)
    return json && readJsonToken(json)
  }
  return readParts(bare) ?? recognizeOpaque(bare)
}

/** Compact ones and SD-JWTs: what can be told by its dots. */
export function readParts(text: string): SignedToken | EncryptedToken | undefined {
  return readSdJwt(text) ?? readCompact(text)
}
