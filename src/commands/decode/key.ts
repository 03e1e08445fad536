// The key of a JWE, from where `--key` says, and what it opens.

import type { Context, Flags } from '../../cli.ts'
import { readPart } from '../../core/jwt/reading/part.ts'
import type { EncryptedToken, JsonPart } from '../../core/jwt/token.ts'
import { decryptToken } from '../../io/key/decryption.ts'
import { readSecretText, readSource } from '../../io/source.ts'

export async function decryptPart(
  token: EncryptedToken,
  flags: Flags,
  { world, printer }: Context,
): Promise<JsonPart> {
  const warn = (text: string): void => void printer.warn(text)
  const kind = { flag: '--key', secret: true }
  const { bytes, shown, path } = await readSource(`${flags.key}`, kind, world, warn)
  const passphrase =
    typeof flags.passphrase === 'string'
      ? readSecretText(
          await readSource(flags.passphrase, { flag: '--passphrase', secret: true }, world, warn),
        )
      : undefined
  const plain = await decryptToken(token, {
    text: bytes,
    origin: shown,
    ...(path !== undefined && { path }),
    ...(passphrase !== undefined && { passphrase }),
  })
  return readPart(plain)
}
