// Keys made here, and the names that go with them.

import { generateKeyPair, type KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { promisify } from 'node:util'
import { TokenError } from '../../../core/error.ts'

export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

const CURVES: Readonly<Record<string, string>> = {
  'p-256': 'P-256',
  'p-384': 'P-384',
  'p-521': 'P-521',
}

/** `kind`: rsa-2048, p-256, ed25519, … */
export async function createKeyPair(kind: string): Promise<KeyPair> {
  const generate = promisify(generateKeyPair)
  if (kind === 'ed25519') return generate('ed25519')
  const namedCurve = CURVES[kind]
  if (namedCurve !== undefined) return generate('ec', { namedCurve })
  return generate('rsa', { modulusLength: Number(kind.replace('rsa-', '')) })
}

export interface Hosts {
  readonly dnsNames: readonly string[]
  readonly ipAddresses: readonly string[]
}

/** Names as a certificate holds them: in ASCII, addresses apart. */
export function readHosts(hosts: readonly string[]): Hosts {
  const read = [...new Set(hosts.map(readHost))]
  return {
    dnsNames: read.filter((host) => isIP(host) === 0),
    ipAddresses: read.filter((host) => isIP(host) > 0),
  }
}

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

function readHost(host: string): string {
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  if (isIP(bare) === 4) return bare
  // the URL's own form is without dots and zeros that would have to be understood
  if (isIP(bare) === 6 && URL.canParse(`http://[${bare}]`)) {
    return new URL(`http://[${bare}]`).hostname.slice(1, -1)
  }
  const [, star = '', name = ''] = /^(\*\.)?(.*)$/s.exec(host) ?? []
  // behind these, what reads host names stops reading
  const ascii = /[/\\?#@:%\s\p{C}]/u.test(name) ? '' : domainToASCII(name)
  // 1.2.3 and 0x7f.1 are addresses to a URL, and to nobody who reads them
  const plain = isIP(ascii) === 0 && ascii.split('.').every((label) => LABEL.test(label))
  if (ascii.length <= 253 && plain) {
    return star + ascii
  }
  throw new TokenError('usage', `--host ${host}: no name or address of a host`, {
    fix: ['--host chat.example.gov', '--host 127.0.0.1'],
  })
}
