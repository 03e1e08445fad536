// What to type next when a TLS connection did not come about.

import type { X509Certificate } from 'node:crypto'
import { namesOf } from './peer-certificate.ts'
import { pinOf } from './pin.ts'
import type { Call } from './route.ts'

export interface Facts {
  readonly host: string
  /** host:port, quoted for a shell */
  readonly address: string
  readonly call: Call
  readonly certificate: X509Certificate | undefined
}

export const LENIENT =
  'tls: { insecure: true } in the profile checks nothing: for test machines only'

export function saveAsAuthority({ address, call }: Facts): string[] {
  return [
    `openssl s_client -connect ${address} </dev/null | openssl x509 -out server.pem`,
    call.side === 'proxy'
      ? 'NODE_EXTRA_CA_CERTS=server.pem, once you have compared it'
      : 'tls: { ca: server.pem } in the profile, once you have compared it',
  ]
}

export function nameAuthority({ call }: Facts): string[] {
  const own = ['NODE_EXTRA_CA_CERTS=authority.pem, for all calls of this machine']
  return call.side === 'proxy'
    ? own
    : ['tls: { ca: authority.pem } in the profile, with the authority’s certificate', ...own]
}

export function nameServer({ call, certificate }: Facts): string[] {
  const [first] = namesOf(certificate).filter((name) => /^[\w.-]+$/.test(name))
  if (call.side === 'proxy') return [`check the name in ${call.proxy?.source}`]
  return [
    'check the host, and the environment (-e)',
    `tls: { server_name: ${first ?? 'NAME'} } in the profile, if that is who you mean`,
  ]
}

export function showPin({ call }: Facts): string[] {
  const pin = pinOf(call.certificate)
  return [
    'ask its owner, by another way, which key is the right one',
    ...(pin === undefined
      ? []
      : [
          `tls: { pin: ${pin} } in the profile, once you have compared it: who answered has this key`,
        ]),
  ]
}

export function nameIdentity({ call }: Facts): string[] {
  const given = call.tls.cert !== undefined || call.tls.pfx !== undefined
  if (call.side === 'proxy') return []
  return given
    ? ['check tls.cert and tls.key, or tls.pfx, and the environment (-e)']
    : ['tls: { cert: client.pem, key: client-key.pem } in the profile, or tls: { pfx: FILE }']
}
