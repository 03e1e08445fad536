// Keys that an issuer publishes, fetched over the network and kept for a short while. They are public,
// so what matters is only that they are really the issuer's: no redirect is followed, and the answer
// is kept under all that decides who may have given it.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Answer, Transport } from '../../../core/call/wire.ts'
import { TokenError } from '../../../core/error.ts'
import { isJsonObject, readJson } from '../../../core/json.ts'
import { identifyKeyText } from '../../../core/key/pem.ts'
import { checkUrl, isLoopback } from '../../../core/url.ts'
import type { World } from '../../../core/world.ts'
import { openCacheFolder } from '../../cache/folder.ts'
import { readPrivateFile, writePrivateFile } from '../../cache/private-file.ts'
import { LARGEST_BODY } from '../../http/body.ts'
import { LARGEST_KEY } from '../open/key-file.ts'
import { type KeyRing, openVerificationKeys } from './verification-key.ts'

export interface Fetching {
  readonly transport: Transport
  readonly world: World
  /** what is kept is not read */
  readonly fresh: boolean
  /** for -v: where an answer came from */
  readonly trace?: (level: 1 | 2, text: string) => Promise<void>
}

export interface Published {
  readonly url: string
  readonly text: string
  /** it was kept from an earlier run */
  readonly kept: boolean
}

/** A withdrawn key is believed for as long as this. */
const LONGEST_KEPT = 10 * 60

/** `what` the reader knows the address by: "--key", "jwks_uri of https://…". */
export async function fetchPublished(
  address: string,
  what: string,
  fetching: Fetching,
): Promise<Published> {
  const { href: url } = checkAddress(address, what, fetching.transport.allowHttp)
  const kept = fetching.fresh ? undefined : readKept(url, fetching)
  if (kept !== undefined) {
    await fetching.trace?.(1, `GET ${url}: kept from an earlier run, not asked (--no-cache asks)`)
    return { url, text: kept, kept: true }
  }
  const answer = await ask(url, fetching)
  await fetching.trace?.(1, `GET ${url}: ${answer.status}, ${answer.body.length} characters`)
  if (answer.status !== 200) throw refuseStatus(answer, url)
  keep(url, answer, fetching)
  return { url, text: answer.body, kept: false }
}

export function checkAddress(address: string, what: string, allowHttp: boolean): URL {
  const plain = /^http:/i.test(address) && URL.canParse(address)
  if (plain && !allowHttp && !isLoopback(new URL(address).hostname)) {
    throw new TokenError('url_invalid', `${what} is plain http`, {
      means: 'anyone on the way could answer with a key of theirs, and sign whatever they like',
      fix: 'the same address with https://',
    })
  }
  return checkUrl(address, what, allowHttp)
}

/** What came is named where it is no key: a sign-in page with 200 is the usual mistake. */
export function openPublished({ url, text }: Published): KeyRing {
  if (text.length > LARGEST_KEY) {
    throw new TokenError(
      'answer_too_large',
      `${url} answered with more than ${LARGEST_KEY / 1024} KiB`,
      { means: 'no set of keys is that long; this is some other page or file' },
    )
  }
  try {
    return refuseSecrets(openVerificationKeys({ text, origin: url }), url)
  } catch (error) {
    if (!(error instanceof TokenError) || error.code === 'answer_unusable') throw error
    const { sort, name } = identifyKeyText(text)
    const what = sort === 'html' ? 'a web page' : sort === 'empty' ? 'nothing' : name
    throw new TokenError('answer_unusable', `${url} answered with ${what}, not with keys`, {
      means: 'a JWKS is wanted there ({"keys":[…]}), a JWK, a public key or a certificate',
    })
  }
}

/** A secret that anyone can fetch proves nothing. */
function refuseSecrets({ keys, refused }: KeyRing, url: string): KeyRing {
  const own = keys.filter(({ key }) => key.type !== 'secret')
  if (own.length === keys.length) return { keys, refused }
  const refusal = new TokenError('answer_unusable', `${url} publishes a shared secret`, {
    means: 'a secret that anyone can fetch proves nothing: whoever has it can sign',
    fix: '--secret env:NAME, where it was handed over in secret',
  })
  if (own.length === 0) throw refusal
  return { keys: own, refused: [...refused, refusal] }
}

async function ask(url: string, { transport, world }: Fetching): Promise<Answer> {
  const { sendRequest } = await import('../../http/http.ts')
  const headers = [['Accept', 'application/jwk-set+json, application/json, */*;q=0.5']] as const
  try {
    return await sendRequest({ method: 'GET', url, headers, body: undefined }, transport, world)
  } catch (error) {
    if (!(error instanceof TokenError) || error.code === 'interrupted') throw error
    throw error.with({ sent: { GET: url } })
  }
}

function refuseStatus({ status, headers }: Answer, url: string): TokenError {
  const message = `${url} answered ${status}`
  if (status >= 300 && status < 400) {
    const { location } = headers
    const target = location && URL.canParse(location, url) ? new URL(location, url) : undefined
    return new TokenError('answer_redirect', `${message}, a redirect`, {
      means:
        target === undefined
          ? 'keys are taken only from the address that was given'
          : `it leads to ${nameTarget(target)}; keys are taken only from the address that was given`,
      status,
    })
  }
  const again = status === 408 || status === 429 || status >= 500
  return new TokenError(again ? 'service_unavailable' : 'answer_unusable', message, {
    means: again ? 'another try may help' : 'there are no keys at that address',
    status,
  })
}

/** A file: address has no origin. */
function nameTarget({ protocol, origin, pathname }: URL): string {
  const path = pathname.slice(0, 200)
  return /^https?:$/.test(protocol) ? `${origin}${path}` : `${protocol}//${path}`
}

function findKept(url: string, { transport, world }: Fetching): string | undefined {
  const { tls, proxy } = transport
  // what anyone may have answered is not kept
  if (tls.insecure === true) return undefined
  const { folder } = openCacheFolder('jwks', world)
  const { ca, cert, pfx, pin, server_name: name } = tls
  const who = [url, ca, cert, pfx, pin, name, proxy, world.env.NODE_EXTRA_CA_CERTS].map(
    (item) => item ?? null,
  )
  const hash = createHash('sha256').update(JSON.stringify(who)).digest('hex')
  return folder && join(folder, `${hash}.json`)
}

function readKept(url: string, fetching: Fetching): string | undefined {
  const path = findKept(url, fetching)
  // its quotes are escaped in there
  const text = path && readPrivateFile(path, 6 * LARGEST_BODY)
  const entry = text === undefined ? undefined : readJson(text)
  if (!isJsonObject(entry) || entry.version !== 1 || entry.url !== url) return undefined
  const now = fetching.world.now()
  const { saved_at: from, good_until: until, text: body } = entry
  if (typeof from !== 'number' || typeof until !== 'number' || typeof body !== 'string') {
    return undefined
  }
  // saved later than now: the clock went back, and nothing is known of its age
  const good = from <= now && now < until && until - from <= LONGEST_KEPT * 1000
  return good ? body : undefined
}

function keep(url: string, { body, headers }: Answer, fetching: Fetching): void {
  const seconds = readMaxAge(headers['cache-control'])
  const { world } = fetching
  const sound = body.includes('-----BEGIN') || isJsonObject(readJson(body))
  const path = sound && seconds > 0 ? findKept(url, fetching) : undefined
  if (path === undefined) return
  const now = world.now()
  const entry = { version: 1, url, saved_at: now, good_until: now + seconds * 1000, text: body }
  try {
    writePrivateFile(path, JSON.stringify(entry), world)
  } catch {
    // the next run asks again
  }
}

export function readMaxAge(control: string | undefined): number {
  const words = (control ?? '').toLowerCase().split(/\s*,\s*/)
  if (words.some((word) => /^(no-store|no-cache)\b/.test(word.trim()))) return 0
  const age = words.flatMap((word) => /^max-age=(\d{1,9})$/.exec(word.trim())?.[1] ?? [])[0]
  return Math.min(LONGEST_KEPT, age === undefined ? LONGEST_KEPT : Number(age))
}
