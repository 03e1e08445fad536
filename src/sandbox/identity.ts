// Who the sandbox is when it speaks TLS.

import { generateKeyPair } from 'node:crypto'
import { isIP } from 'node:net'
import { promisify } from 'node:util'
import { createCertificate } from '../io/key/write/certificate.ts'

/** Both as PEM. */
export interface Identity {
  readonly key: string
  readonly certificate: string
}

/** A key and certificate for loopback, made anew for each sandbox. */
export async function createIdentity(host: string, now: number): Promise<Identity> {
  const day = 86_400_000
  const pair = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
  const addresses = ['127.0.0.1', '::1', host].filter((name) => isIP(name) > 0)
  const names = ['localhost', host].filter((name) => isIP(name) === 0)
  const certificate = createCertificate({
    ...pair,
    commonName: 'tokentool sandbox',
    dnsNames: [...new Set(names)],
    ipAddresses: [...new Set(addresses)],
    notBefore: new Date(now - day),
    notAfter: new Date(now + 30 * day),
  })
  return { key: pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), certificate }
}
