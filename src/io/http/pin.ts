// The key of a server, as a pin: what OpenSSL read out of its certificate and shook hands with.

import { createHash, X509Certificate } from 'node:crypto'

/** undefined: no certificate (in DER), or a key of a kind that is not known here */
export function pinOf(certificate: Uint8Array | undefined): string | undefined {
  try {
    const spki =
      certificate &&
      new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
    return spki && `sha256//${createHash('sha256').update(spki).digest('base64')}`
  } catch {
    return undefined
  }
}

/** Among the codes of OpenSSL and Node. */
export const PIN_MISMATCH = 'TLS_PIN_MISMATCH'

export function requirePin(pins: readonly string[], found: Uint8Array | undefined): void {
  const pin = pinOf(found)
  if (pin === undefined || !pins.includes(pin)) {
    throw Object.assign(new Error('another key'), { code: PIN_MISMATCH })
  }
}
