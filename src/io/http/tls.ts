// What a profile's `tls` says, read and checked before anything is sent, so that a wrong file is
// named by its field and not by a failed handshake.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as tls from 'node:tls'
import type { Tls } from '../../core/call/wire.ts'
import { TokenError } from '../../core/error.ts'
import { readTlsFile, type Warn } from './tls-file.ts'

/** Always explicit: NODE_TLS_REJECT_UNAUTHORIZED and NODE_OPTIONS decide only what is left open. */
export interface TlsOptions {
  readonly rejectUnauthorized: boolean
  readonly secureContext: tls.SecureContext
  readonly serverName: string | undefined
  /** one of them must be the server's key, whatever else is verified or not */
  readonly pins: readonly string[] | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/** `warn` is told of files that others may read. */
export function readTls(settings: Tls, env: Environment, warn: Warn = () => {}): TlsOptions {
  return {
    rejectUnauthorized: settings.insecure !== true,
    secureContext: makeContext({ ...readTrust(settings, env), ...readIdentity(settings, warn) }),
    serverName: settings.server_name,
    pins: settings.pin?.split(';'),
  }
}

/** To a proxy: the same authorities, but never the leniency, pin or identity meant for the service. */
export function readProxyTls(settings: Tls, env: Environment): TlsOptions {
  return {
    rejectUnauthorized: true,
    secureContext: makeContext(readTrust(settings, env)),
    serverName: undefined,
    pins: undefined,
  }
}

function makeContext(options: tls.SecureContextOptions): tls.SecureContext {
  return tls.createSecureContext({ minVersion: 'TLSv1.2', ...options })
}

/** `ca` takes the place of everything Node trusts by itself, so that is put beside it again. */
function readTrust(settings: Tls, env: Environment): { ca?: string[] } {
  if (settings.ca === undefined) return {}
  const own = readCertificates('ca', settings.ca)
  return { ca: [...readDefaults(), ...readExtra(env.NODE_EXTRA_CA_CERTS), ...own] }
}

function readDefaults(): readonly string[] {
  // from Node 22.15; it knows --use-system-ca too
  const { getCACertificates } = tls as { getCACertificates?: (type: string) => string[] }
  return getCACertificates?.('default') ?? tls.rootCertificates
}

/** Node itself warns about a file that it cannot read, once, at its start. */
function readExtra(path: string | undefined): readonly string[] {
  if (path === undefined || path === '') return []
  try {
    return findCertificates(readFileSync(path, 'latin1'))
  } catch {
    return []
  }
}

function readIdentity(settings: Tls, warn: Warn): tls.SecureContextOptions {
  const { cert, key, pfx, passphrase } = settings
  if (pfx !== undefined) {
    if (cert !== undefined || key !== undefined) {
      throw new TokenError('tls_invalid', 'tls.pfx holds key and certificate already', {
        fix: 'keep either tls.pfx, or tls.cert with tls.key',
      })
    }
    return readPfx(pfx, passphrase, warn)
  }
  if (cert === undefined && key === undefined) return {}
  if (cert === undefined) {
    throw new TokenError('tls_invalid', 'tls.key needs the certificate that goes with it', {
      fix: 'tls.cert: FILE',
    })
  }
  const chain = readCertificates('cert', cert)
  const bundled = key === undefined && readTlsFile('cert', cert).includes('PRIVATE KEY-----')
  if (key === undefined && !bundled) {
    throw new TokenError('tls_invalid', 'tls.cert needs the key that goes with it', {
      fix: 'tls.key: FILE',
    })
  }
  const field = bundled ? 'cert' : 'key'
  const loaded = loadKey(field, key ?? cert, passphrase, warn)
  const [leaf] = chain
  if (leaf !== undefined && !new X509Certificate(leaf).checkPrivateKey(loaded)) {
    throw new TokenError('tls_invalid', `tls.${field} is not the key of tls.cert`, {
      means: 'the first certificate in tls.cert holds another public key',
    })
  }
  return { cert: chain.join('\n'), key: loaded.export({ type: 'pkcs8', format: 'pem' }) }
}

function loadKey(
  field: string,
  path: string,
  passphrase: string | undefined,
  warn: Warn,
): KeyObject {
  const text = readTlsFile(field, path, warn).toString('latin1')
  const key = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[^-]+-----END \1PRIVATE KEY-----/.exec(text)?.[0]
  if (key === undefined) {
    throw new TokenError('key_unreadable', `tls.${field} has no private key in PEM form: ${path}`, {
      fix: 'openssl pkey -in FILE -out key.pem',
    })
  }
  const encrypted = /BEGIN ENCRYPTED|^Proc-Type: 4,ENCRYPTED/m.test(key)
  if (encrypted && passphrase === undefined) {
    throw new TokenError('key_encrypted', `tls.${field} is encrypted: ${path}`, {
      fix: 'tls.passphrase: ${env:TLS_PASSPHRASE}',
    })
  }
  try {
    return createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) })
  } catch {
    throw encrypted
      ? new TokenError('key_passphrase', `tls.passphrase does not open tls.${field}: ${path}`)
      : new TokenError('key_unreadable', `tls.${field} holds a key that is damaged: ${path}`)
  }
}

function readPfx(
  path: string,
  passphrase: string | undefined,
  warn: Warn,
): tls.SecureContextOptions {
  const pfx = readTlsFile('pfx', path, warn)
  const options = { pfx, ...(passphrase === undefined ? {} : { passphrase }) }
  try {
    tls.createSecureContext(options)
    return options
  } catch (error) {
    // PKCS#12 is DER, and DER of this kind begins with a SEQUENCE.
    if (pfx[0] !== 0x30) {
      throw new TokenError('key_unreadable', `tls.pfx is no PKCS#12 file: ${path}`)
    }
    if ((error as NodeJS.ErrnoException).code === 'ERR_CRYPTO_UNSUPPORTED_OPERATION') {
      throw new TokenError('key_unusable', `tls.pfx is encrypted in an outdated way: ${path}`, {
        fix: [
          'openssl pkcs12 -legacy -in OLD.p12 -nodes -out both.pem',
          'openssl pkcs12 -export -in both.pem -out NEW.p12',
        ],
      })
    }
    const problem =
      passphrase === undefined
        ? 'tls.pfx does not open without a passphrase'
        : 'tls.passphrase does not open tls.pfx'
    throw new TokenError('key_passphrase', `${problem}: ${path}`, {
      fix: 'tls.passphrase: ${env:TLS_PASSPHRASE}',
    })
  }
}

function readCertificates(field: 'ca' | 'cert', path: string): string[] {
  const bytes = readTlsFile(field, path)
  const blocks = findCertificates(bytes.toString('latin1'))
  try {
    // not PEM: it may be the DER that browsers and Windows save
    if (blocks.length === 0) return [new X509Certificate(bytes).toString()]
    for (const block of blocks) new X509Certificate(block)
    return blocks
  } catch {
    const problem = blocks.length === 0 ? 'has no certificate in it' : 'has a damaged certificate'
    throw new TokenError('tls_invalid', `tls.${field} ${problem}: ${path}`, {
      means: 'a PEM file with -----BEGIN CERTIFICATE----- in it is wanted, or one in DER',
    })
  }
}

function findCertificates(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
}
