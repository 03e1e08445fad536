// A folder to be in: profiles that ask a token server, a key, a secret and a home of their own. And what
// lies in its cache.

import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Place } from '../support/crowd.ts'
import { makeEcKey } from '../support/keys.ts'
import { makeFolder, plantCanary, plantKey } from '../support/program.ts'

const key = makeEcKey()
plantKey(key.pem)
export const SECRET = plantCanary()

export const PROFILES = `
default_profile: one
profiles:
  one:
    provider: jwt-bearer
    token_endpoint: ORIGIN/one
    issuer: torture
    subject: one
    key_path: key.pem
  two:
    provider: exchange
    via: one
    token_endpoint: ORIGIN/two
  secret:
    provider: client-credentials
    token_endpoint: ORIGIN/secret
    client_id: torture
    client_secret: \${file:secret}
    scopes:
      - secret
  commanded:
    provider: client-credentials
    token_endpoint: ORIGIN/commanded
    client_id: torture
    client_secret: \${command:cat secret}
    scopes:
      - commanded
providers:
  exchange:
    fields:
      token_endpoint: { type: url, help: where }
    call:
      url: \${token_endpoint}
      headers: { Authorization: "Bearer \${via.access_token}" }
    retry: { safe: true }
`

/** `more` is laid over it: files by name. */
export function furnish(origin: string, more: Readonly<Record<string, string>> = {}): Place {
  const folder = makeFolder({
    'tokentool.yaml': PROFILES.replaceAll('ORIGIN', origin),
    'key.pem': key.pem,
    secret: SECRET,
    ...more,
  })
  // named, so that nobody has to trust it first
  return { folder, env: { TOKENTOOL_CONFIG: 'tokentool.yaml' } }
}

export const cacheOf = ({ folder }: Place): string => join(folder, 'home', '.cache', 'tokentool')
export const tokensOf = (place: Place): string => join(cacheOf(place), 'tokens')

interface Found {
  readonly path: string
  readonly mode: number
  readonly isFolder: boolean
}

/** All that is below it, and itself; others may be at work there. */
export function listAll(path: string): Found[] {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return []
  const isFolder = stats.isDirectory()
  const below = isFolder ? readdirSync(path).flatMap((name) => listAll(join(path, name))) : []
  return [{ path, mode: stats.mode & 0o777, isFolder }, ...below]
}

export function listFiles(folder: string): string[] {
  return listAll(folder)
    .filter(({ isFolder }) => !isFolder)
    .map(({ path }) => path)
}

/** What others could look into. */
export function listWide(folder: string): string[] {
  return listAll(folder)
    .filter(({ mode, isFolder }) => (mode & ~(isFolder ? 0o700 : 0o600)) !== 0)
    .map(({ path, mode }) => `${path.slice(folder.length)} ${mode.toString(8)}`)
}
