// Keys in another form: which of those that a file holds, and what is lost on the way.

import { TokenError } from '../../../core/error.ts'
import type { JsonObject } from '../../../core/json.ts'
import { quotePath } from '../../../core/key/key-refusal.ts'
import { spkiOf } from '../describe/fingerprint.ts'
import type { Contents } from '../open/contents.ts'
import type { Item } from '../open/item.ts'
import { chooseOne, isChoice, isUsable, refuseNone, type Usable } from './choice.ts'
import {
  writeCertificates,
  writeJson,
  writeJwk,
  writePrivatePem,
  writePublicPem,
} from './key-writer.ts'

export const FORMS = [
  ...['pem', 'jwk', 'jwks', 'public', 'public-jwk', 'public-jwks', 'certificate'],
] as const

export interface Wish {
  /** of FORMS */
  readonly form: string
  /** which key of a set; what to call the JWK of any other */
  readonly kid: string | undefined
  readonly passphrase: string | undefined
  /** the file, as commands name it */
  readonly path: string | undefined
}

export interface Converted {
  readonly text: string
  /** it holds a private key or a secret */
  readonly secret: boolean
  /** what the new form does not say, a line each */
  readonly losses: readonly string[]
}

export function convertContents(contents: Contents, wish: Wish): Converted {
  const { form } = wish
  const isList = form.endsWith('jwks')
  const losses = isList ? contents.refused.map(({ message }) => `left out: ${message}`) : []
  if (form === 'certificate') {
    return { text: writeCertificates(listChain(contents, wish)), secret: false, losses }
  }
  const half = form.startsWith('public') ? 'public' : 'private'
  const usable = half === 'public' ? listPublic(contents, losses) : listPrivate(contents, wish)
  const items = isList ? usable : [chooseOne(usable, contents, wish)]
  const [first] = items
  if (first === undefined) throw refuseNone(contents, wish)
  if (wish.kid !== undefined && /^(pem|public)$/.test(form) && !isChoice(usable, contents)) {
    throw new TokenError('usage', `--kid ${wish.kid}: there is one key, and ${form} has no kid`, {
      fix: form === 'pem' ? '--to jwk' : '--to public-jwk',
    })
  }
  if (isList && wish.kid !== undefined && !contents.isSet && items.length > 1) {
    throw new TokenError('usage', `--kid ${wish.kid}: there are ${items.length} keys to name`)
  }
  if (half === 'private') losses.push(...listLosses(first, contents, wish))
  const secret = half === 'private'
  if (form === 'public') return { text: writePublicPem(first.key), secret, losses }
  if (form === 'pem') {
    if (first.key.type === 'secret') throw refuseSecret(first, 'has no PEM', '--to jwk')
    return { text: writePrivatePem(first.key, wish.passphrase), secret, losses }
  }
  const jwks = items.map((item) => toJwk(item, half, contents, wish))
  const value = isList ? { keys: jwks } : jwks[0]
  return { text: writeJson(value), secret, losses }
}

function listPrivate({ items }: Contents, { form }: Wish): Usable[] {
  const own = items.filter(({ role }) => ['private', 'secret', 'unknown'].includes(role))
  const open = own.filter(isUsable).filter(({ sealed }) => sealed === undefined)
  const sealed = own.find((item) => item.sealed)?.sealed
  if (open.length === 0 && sealed) throw sealed
  return form === 'pem' && open.some(({ key }) => key.type !== 'secret')
    ? open.filter(({ key }) => key.type !== 'secret')
    : open
}

/** Each key once, however many things hold it; the private one first, whose kid counts. */
function listPublic({ items }: Contents, losses: string[]): Usable[] {
  const [sealed] = items.flatMap((item) => (item.key === undefined ? (item.sealed ?? []) : []))
  if (sealed && !items.some(isUsable)) throw sealed
  const open = items.filter(isUsable)
  const secrets = open.filter(({ role }) => role === 'secret')
  const [first] = secrets
  if (first && secrets.length === open.length) {
    throw refuseSecret(first, 'has no public half', '--to jwk')
  }
  for (const { origin } of secrets) losses.push(`left out: ${origin}, a shared secret`)
  const halves = open.filter(({ role }) => role !== 'secret')
  const ordered = [
    ...halves.filter(({ role }) => role === 'private'),
    ...halves.filter(({ role }) => role !== 'private'),
  ]
  const known = new Set<string>()
  return ordered.filter(({ key, id }) => {
    const name = `${id ?? ''} ${spkiOf(key).toString('base64')}`
    if (known.has(name)) return false
    known.add(name)
    return true
  })
}

function refuseSecret({ origin }: Item, what: string, fix: string): TokenError {
  return new TokenError('key_unfit', `${origin} is a shared secret, which ${what}`, { fix })
}

function listChain({ items, unread, name }: Contents, { path }: Wish): Uint8Array[] {
  const chain = items.flatMap((item) => [
    ...(item.certificate ? [item.certificate] : []),
    ...listMore(item.jwk),
  ])
  if (chain.length > 0) return chain
  const whole = items.find(({ role }) => role === 'unknown')?.sealed
  if (whole) throw whole
  const [lock] = unread
  if (lock === undefined) {
    const hold = / blocks$/.test(name) ? 'hold' : 'holds'
    throw new TokenError('key_unusable', `${name} ${hold} no certificate`, {
      means: 'an authority makes one of a signing request',
      fix: 'tokentool key generate key.pem --csr key.csr',
    })
  }
  throw new TokenError('key_encrypted', `${name} holds certificates that are locked (${lock})`, {
    fix: /RC2|RC4/.test(lock)
      ? `openssl pkcs12 -legacy -nokeys -in ${quotePath(path ?? 'key.p12')} -out certificate.pem`
      : '--passphrase env:KEY_PASSPHRASE',
  })
}

/** The issuers in the x5c of a JWK; its leaf is there already. */
function listMore(jwk: JsonObject | undefined): Uint8Array[] {
  const chain: unknown[] = Array.isArray(jwk?.x5c) ? jwk.x5c.slice(1) : []
  return chain.flatMap((one) => (typeof one === 'string' ? [Buffer.from(one, 'base64')] : []))
}

function toJwk(
  { key, id, jwk }: Usable,
  half: 'private' | 'public',
  { isSet }: Contents,
  { kid }: Wish,
): JsonObject {
  const textOf = (value: unknown): string | undefined =>
    typeof value === 'string' ? value : undefined
  const name = isSet ? (id ?? kid) : (kid ?? id)
  return writeJwk(key, half, { kid: name, alg: textOf(jwk?.alg), use: textOf(jwk?.use) })
}

function listLosses(item: Usable, { items, name }: Contents, wish: Wish): string[] {
  const { form, passphrase } = wish
  const losses: string[] = []
  if (form === 'pem' && item.id !== undefined) {
    losses.push(`PEM has no place for its kid: key_id: ${item.id} in a profile`)
  }
  if (form !== 'pem' && item.key.asymmetricKeyType === 'rsa-pss') {
    losses.push('a JWK says by its alg alone that the key is for RSA-PSS')
  }
  if (items.some(({ role }) => role === 'certificate')) {
    losses.push('its certificate is left out: --to certificate writes it')
  }
  if (/service-account|Box/.test(name))
    losses.push('only the key: what stands around it is left out')
  if (item.lock !== undefined && passphrase === undefined) {
    losses.push(
      form === 'pem'
        ? 'it was encrypted, and now is not: --new-passphrase env:NAME keeps it so'
        : 'it was encrypted, and a JWK is not',
    )
  }
  return losses
}
