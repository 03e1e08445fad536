// Why a signature does not verify, found by trying what signers are known to get wrong.

import { constants, createHash, verify } from 'node:crypto'
import { readFacts } from './describe/key-facts.ts'
import type { LoadedKey } from './describe/loaded-key.ts'
import { checkSignature, isDerSignature } from './verify/signature.ts'

export interface Wrong {
  readonly alg: string
  readonly key: LoadedKey
  /** what was to be signed */
  readonly input: string
  /** all that the signer was given */
  readonly asked: string
  readonly signature: Uint8Array
}

interface Explanation {
  readonly means: string
  readonly fix: string
}

export function explainWrong(wrong: Wrong): Explanation {
  const { alg, key, input, asked } = wrong
  const hash = createHash(`sha${/\d{3}$/.exec(alg.replace(/^Ed.*/, ''))?.[0] ?? 512}`)
  const signed = (text: string | Uint8Array, by = alg): boolean => isSigned(wrong, text, by)
  if (signed(`${input}\n`)) {
    return {
      means: 'it signed signing_input with a line break behind it',
      fix: 'jq -j .signing_input, or printf %s, which add none',
    }
  }
  if (signed(asked) || signed(asked.trimEnd())) {
    return {
      means: 'it signed all that it was given',
      fix: 'sign the text in signing_input, and nothing around it',
    }
  }
  if (signed(hash.update(input).digest())) {
    return {
      means: 'it signed a hash that was then hashed once more',
      fix: 'give the text itself, or say that it is a digest (AWS KMS: --message-type DIGEST)',
    }
  }
  if (alg.startsWith('PS') && isSalted(wrong)) {
    return {
      means: `its salt is not as long as the hash, which ${alg} wants`,
      fix: 'openssl dgst -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest',
    }
  }
  const other = readFacts(key.key).algorithms.find((name) => name !== alg && signed(input, name))
  if (other !== undefined) {
    return {
      means: `it signed with ${other}, and alg in what it is given is ${alg}`,
      fix: `algorithm: ${other}, or a signer that heeds alg`,
    }
  }
  return {
    means: 'it signs with another key, or signed another text than signing_input',
    fix: 'public_key: the public half of the key that the signer uses',
  }
}

function isSigned({ key, signature }: Wrong, text: string | Uint8Array, alg: string): boolean {
  const input = Buffer.from(text)
  return (
    checkSignature(alg, key.key, input, signature) === true ||
    isDerSignature(alg, key.key, input, signature)
  )
}

function isSalted({ alg, key, input, signature }: Wrong): boolean {
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_AUTO: saltLength } = constants
  try {
    const options = { key: key.key, padding, saltLength }
    return verify(`sha${alg.slice(2)}`, Buffer.from(input), options, signature)
  } catch {
    return false
  }
}
