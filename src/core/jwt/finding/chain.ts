// As much of a certificate (RFC 5280 4.1) as can be told without a library: when it ends.

import { readChildren, readElement } from '../../key/der.ts'

const VERSION = 0xa0
const UTC_TIME = 0x17

/** Seconds since 1970; undefined where it cannot be found. */
export function readExpiry(certificate: Uint8Array): number | undefined {
  const outer = readElement(certificate, 0)
  const signed = outer && readElement(certificate, outer.start)
  if (signed === undefined) return undefined
  const children = readChildren(certificate, signed, 6)
  const validity = children[children[0]?.tag === VERSION ? 4 : 3]
  const end = validity && readChildren(certificate, validity, 2)[1]
  if (end === undefined) return undefined
  const text = String.fromCharCode(
    ...certificate.subarray(end.start, Math.min(end.end, end.start + 20)),
  )
  return readDate(end.tag === UTC_TIME ? `${text < '50' ? '20' : '19'}${text}` : text)
}

function readDate(text: string): number | undefined {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? []
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(at) ? undefined : at / 1000
}

/** x5t#S256, if it is one: base64url of 32 bytes. */
export function readThumbprint(text: string | undefined): string | undefined {
  return text !== undefined && /^[\w-]{43}=?$/.test(text) ? text.replace('=', '') : undefined
}
