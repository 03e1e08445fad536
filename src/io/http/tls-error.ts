// Why a TLS connection did not come about: by OpenSSL's and Node's codes, with what the
// certificate says of itself.

import { X509Certificate } from 'node:crypto'
import { TokenError } from '../../core/error.ts'
import { quoteShell } from '../../core/shell.ts'
import { bareHost, portOf } from './connection.ts'
import { describeCertificate } from './peer-certificate.ts'
import { PIN_MISMATCH } from './pin.ts'
import type { Call } from './route.ts'
import {
  type Facts,
  LENIENT,
  nameAuthority,
  nameIdentity,
  nameServer,
  saveAsAuthority,
  showPin,
} from './tls-fix.ts'

interface Row {
  readonly codes: RegExp
  /** after `cannot trust HOST: ` or `no TLS with HOST: ` */
  readonly problem: string
  readonly means?: string
  readonly fix?: (facts: Facts) => readonly string[]
  /** the certificate is what it is about */
  readonly certificate?: true
}

const ROWS: readonly Row[] = [
  {
    codes: /^DEPTH_ZERO_SELF_SIGNED_CERT$/,
    problem: 'its certificate is signed by itself',
    certificate: true,
    fix: (facts) => [...saveAsAuthority(facts), LENIENT],
  },
  {
    codes: /^SELF_SIGNED_CERT_IN_CHAIN$/,
    problem: 'its certificate comes from an authority that this machine does not know',
    means: 'a company has its own authority, and so has a proxy or virus scanner that reads along',
    certificate: true,
    fix: nameAuthority,
  },
  {
    codes: /^UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT|GET_ISSUER_CERT_LOCALLY)$/,
    problem: 'the authority of its certificate is unknown',
    means: 'an authority of its own, or a server that does not send the certificate in between',
    certificate: true,
    fix: nameAuthority,
  },
  {
    codes: /^CERT_HAS_EXPIRED$/,
    problem: 'its certificate has expired',
    certificate: true,
    fix: () => [
      'its owner must renew it; naming it in tls.ca does not help',
      LENIENT,
      'date -u, if the clock of this machine may be wrong',
    ],
  },
  {
    codes: /^CERT_NOT_YET_VALID$/,
    problem: 'its certificate is not valid yet',
    certificate: true,
    fix: () => ['date -u, the clock of this machine may be wrong'],
  },
  {
    codes: /^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH|IP_ADDRESS_MISMATCH)$/,
    problem: 'its certificate is for another name',
    certificate: true,
    fix: nameServer,
  },
  {
    codes: /(EE|CA|DH)_KEY_TOO_SMALL$|CA_MD_TOO_WEAK$/,
    problem: 'its certificate or key exchange is too weak',
    means: 'a short key or a signature with SHA-1 or MD5, which can be forged',
    certificate: true,
    fix: () => ['its owner must renew it'],
  },
  {
    codes: new RegExp(`^${PIN_MISMATCH}$`),
    problem: 'its key is not the pinned one (tls.pin)',
    means: 'somebody in between answers in its place, or its key was renewed; nothing was sent',
    certificate: true,
    fix: showPin,
  },
  {
    codes: /^CERT_REVOKED$/,
    problem: 'its certificate has been revoked',
    certificate: true,
  },
  {
    // Node's word for all that OpenSSL found and Node has no name for
    codes: /^UNSPECIFIED$/,
    problem: 'its certificate does not pass the checks',
    means: 'most often a short key or a signature with SHA-1 or MD5, in it or above it',
    certificate: true,
    fix: () => ['its owner must renew it'],
  },
  {
    codes: /^(INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|CERT_[A-Z_]+|UNABLE_TO_[A-Z_]+)$/,
    problem: 'its certificate does not pass the checks',
    certificate: true,
  },
  {
    codes: /WRONG_VERSION_NUMBER$|PACKET_LENGTH_TOO_LONG$|_HTTP_REQUEST$|UNKNOWN_PROTOCOL$/,
    problem: 'what answers there does not speak TLS',
    means: 'that port speaks plain http, or something else altogether',
    fix: ({ call }) =>
      call.side === 'proxy' ? [`${call.proxy?.source}: http:// instead of https://`] : [],
  },
  {
    codes: /UNSUPPORTED_PROTOCOL$|PROTOCOL_VERSION$|VERSION_TOO_LOW$|NO_PROTOCOLS_AVAILABLE$/,
    problem: 'it offers no TLS 1.2 or later',
    means: 'older versions are broken, and never used here',
  },
  {
    codes: /UNRECOGNIZED_NAME$/,
    problem: 'it does not know that name',
    fix: nameServer,
  },
  {
    codes: /CERTIFICATE_REQUIRED$/,
    problem: 'it wants a certificate from us (mutual TLS)',
    fix: nameIdentity,
  },
  {
    codes:
      /ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_[A-Z]+|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|DECRYPT_ERROR)$/,
    problem: 'it does not accept our certificate (mutual TLS)',
    means: 'the one in tls.cert or tls.pfx is expired, or not one that it was told of',
    fix: nameIdentity,
  },
  {
    codes: /HANDSHAKE_FAILURE$/,
    problem: 'it found nothing in common with us',
    means: 'often it wants a certificate from us (mutual TLS), else its ciphers are outdated',
    fix: nameIdentity,
  },
]

const OWN_CODES = /^(ERR_SSL_|ERR_OSSL_|ERR_TLS_|EPROTO$)/
const SYSTEM_CODES = /^(E[A-Z]+|EAI_.*|UND_ERR_.*|HPE_.*)$/

/** While shaking hands, all that is not the system's or the client's word is about TLS. */
export function isTlsFailure(code: string, call: Call): boolean {
  return OWN_CODES.test(code) || (call.step === 'handshake' && !SYSTEM_CODES.test(code))
}

export function explainTls(code: string, call: Call, now: number): TokenError {
  const url = call.side === 'proxy' && call.proxy !== undefined ? call.proxy.url : call.target
  const facts: Facts = {
    host: call.side === 'proxy' ? `the proxy ${url.host}` : url.host,
    address: quoteShell(`${url.hostname}:${portOf(url)}`),
    call,
    certificate: call.certificate && new X509Certificate(call.certificate),
  }
  const row = ROWS.find(({ codes }) => codes.test(code))
  if (row === undefined) {
    return new TokenError('network_tls', `no TLS with ${facts.host} (${code})`, {
      means: 'the handshake failed; a proxy or firewall in between may break it',
    })
  }
  const wanted = (call.side === 'service' ? call.tls.server_name : undefined) ?? bareHost(url)
  const about =
    row.certificate && facts.certificate !== undefined
      ? describeCertificate(facts.certificate, code, wanted, now)
      : []
  const means = [...(row.means === undefined ? [] : [row.means]), ...about]
  const fix = row.fix?.(facts) ?? []
  return new TokenError(
    'network_tls',
    `${row.certificate ? 'cannot trust' : 'no TLS with'} ${facts.host}: ${row.problem}`,
    { ...(means.length > 0 ? { means } : {}), ...(fix.length > 0 ? { fix } : {}) },
  )
}
