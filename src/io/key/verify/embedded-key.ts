// The key that a token brings along. Whoever made the token chose it, so all it proves is that the
// token is of one piece; it is used only where that was asked for.

import { X509Certificate } from 'node:crypto'
import { TokenError } from '../../../core/error.ts'
import { type ExactJson, findMember, writeExactJson } from '../../../core/jwt/json/exact-json.ts'
import type { SignedToken } from '../../../core/jwt/token.ts'
import { type Asking, type GivenKeys, give, publish } from './key-source.ts'
import { fetchPublished } from './published-keys.ts'
import { openVerificationKeys, type VerificationKey } from './verification-key.ts'

const WARNING = 'the key came with the token: anyone can make such a token'

export async function openEmbeddedKeys(token: SignedToken, asking: Asking): Promise<GivenKeys> {
  // only what was signed counts: what stands beside it could be anyone's
  const headers = token.signatures.flatMap(({ header }) => header?.json ?? [])
  for (const header of headers) {
    const found = await openFrom(header, asking)
    if (found !== undefined) return { ...found, notes: [WARNING, ...found.notes] }
  }
  throw new TokenError('key_missing', 'the token brings no key along', {
    means: 'its header has no jwk, x5c, jku or x5u',
    fix: '--key FILE, --issuer https://…, or --secret env:NAME',
  })
}

async function openFrom(header: ExactJson, { fetching }: Asking): Promise<GivenKeys | undefined> {
  const jwk = findMember(header, 'jwk')
  if (jwk?.type === 'object') {
    const kty = findMember(jwk, 'kty')
    if (kty?.type === 'string' && kty.value === 'oct') {
      throw new TokenError('key_unfit', 'the jwk in the header of the token is a shared secret', {
        means: 'a secret that travels with the token is none',
      })
    }
    const origin = 'the jwk in the header'
    return give({ ...openVerificationKeys({ text: writeExactJson(jwk), origin }), origin })
  }
  const chain = findMember(header, 'x5c')
  if (chain?.type === 'array') {
    const origin = 'the x5c in the header'
    return give({ keys: [openLeaf(chain.items[0], origin)], refused: [], origin })
  }
  for (const name of ['jku', 'x5u']) {
    const url = findMember(header, name)
    if (url?.type === 'string') {
      // a token must not make this machine ask its own services
      if (!/^https:/i.test(url.value)) {
        throw new TokenError('url_invalid', `the ${name} in the header is no https address`)
      }
      return publish((how) => fetchPublished(url.value, `the ${name} in the header`, how), fetching)
    }
  }
  return undefined
}

function openLeaf(item: ExactJson | undefined, origin: string): VerificationKey {
  try {
    const der = Buffer.from(item?.type === 'string' ? item.value : '', 'base64')
    const key = new X509Certificate(der).publicKey
    return { key, id: undefined, origin, jwk: undefined, wasPrivate: false }
  } catch {
    throw new TokenError('key_unusable', `${origin} is no certificate`)
  }
}
