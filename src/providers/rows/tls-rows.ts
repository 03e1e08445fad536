// Certificates and keys, as OpenSSL and those who call it complain of them.

import type { ExplainRow } from '../../core/provider.ts'

const service = 'TLS'
const SHOW =
  'openssl s_client -connect HOST:443 -servername HOST </dev/null | openssl x509 -noout -subject -issuer -dates'

const CERTIFICATE_ROWS: readonly ExplainRow[] = [
  {
    service,
    text: '\\bCERT_HAS_EXPIRED\\b|certificate (has |is )?expired|certificate has expired|NotAfter:|CertificateExpiredException|certificate has expired or is not yet valid',
    means: 'the certificate of the server has run out; naming it as trusted does not help',
    why: ['its owner forgot to renew it', 'the clock of this machine is wrong'],
    fix: [SHOW, 'date -u'],
    class: 'unavailable',
  },
  {
    service,
    text: '\\bCERT_NOT_YET_VALID\\b|certificate is not yet valid|CertificateNotYetValidException',
    means: 'the certificate of the server begins in the future',
    why: ['the clock of this machine is slow'],
    fix: 'date -u',
    class: 'unavailable',
  },
  {
    service,
    text: '\\b(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH|IP_ADDRESS_MISMATCH)\\b|does not match certificate.s altnames|no alternative certificate subject name|certificate is valid for|no subject alternative|hostname mismatch|hostname .{0,80}doesn.t match|curl: \\(51\\)',
    means: 'the certificate of the server is for another name than the one that was called',
    why: ['an address or short name where the full name is wanted', 'another environment'],
    fix: [
      'openssl s_client -connect HOST:443 </dev/null | openssl x509 -noout -ext subjectAltName',
      'call it by a name that stands there',
    ],
    class: 'unavailable',
  },
  {
    service,
    text: '\\b(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT|GET_ISSUER_CERT_LOCALLY))\\b|self.signed certificate|unable to (get local issuer|verify the first) certificate|unable to get issuer|unknown authority|PKIX path building failed|unable to find valid certification path|CERTIFICATE_VERIFY_FAILED|certificate verify failed|curl: \\((60|77)\\)|ssl certificate problem',
    means: 'this machine does not know the authority that signed the certificate of the server',
    why: [
      'a company, or its proxy, has an authority of its own',
      'the server signs for itself, as test machines do',
      'the server does not send the certificate in between',
    ],
    fix: [
      'openssl s_client -connect HOST:443 -showcerts </dev/null',
      'export NODE_EXTRA_CA_CERTS=authority.pem',
      'tokentool get PROFILE --cacert authority.pem, or tls: { ca: authority.pem } in the profile',
    ],
    class: 'unavailable',
  },
  {
    service,
    text: 'CERTIFICATE_REQUIRED\\b|alert (certificate required|bad certificate|unknown ca|certificate unknown|number (42|46|48|116))|bad_certificate|no required ssl certificate was sent|curl: \\(58\\)',
    means: 'the server wants a certificate of the client (mutual TLS), or does not accept ours',
    why: ['none was sent', 'it is expired, or not one that the server was told of'],
    fix: [
      'tls: { cert: client.pem, key: client-key.pem } in the profile, or tls: { pfx: FILE }',
      'openssl x509 -in client.pem -noout -subject -issuer -dates',
    ],
    class: 'unavailable',
  },
  {
    service,
    text: 'wrong.version.number|packet length too long|http request routine|SSL_ERROR_RX_RECORD_TOO_LONG|plain http request was sent to https|client sent an http request to an https server',
    means: 'one side speaks TLS and the other plain HTTP',
    why: ['https:// for a port that speaks http, or the other way round', 'a proxy named https://'],
    fix: 'check scheme and port of the address, and of HTTPS_PROXY',
    class: 'unavailable',
  },
  {
    service,
    text: 'unsupported protocol|\\bversion too low|alert protocol version|no protocols available|UNSUPPORTED_PROTOCOL',
    means: 'the two have no version of TLS in common: the server knows old ones only, or new ones',
    fix: 'openssl s_client -connect HOST:443 -tls1_2 </dev/null',
    class: 'unavailable',
  },
  {
    service,
    text: 'handshake.failure|SSLHandshakeException|\\bEPROTO\\b|unrecognized_?name|curl: \\(35\\)|ssl_connect|ssl routines',
    means: 'the TLS handshake failed',
    why: [
      'the server wants a certificate of the client',
      'no cipher in common',
      'a proxy or firewall breaks in',
    ],
    fix: 'openssl s_client -connect HOST:443 -servername HOST </dev/null',
    class: 'unavailable',
  },
]

const KEY_ROWS: readonly ExplainRow[] = [
  {
    service: 'OpenSSL',
    text: 'DECODER routines|1E08010C|\\bERR_OSSL_UNSUPPORTED\\b|no start line|0909006C|bad base64 decode|bad end line|could not deserialize key data|InvalidKeySpecException|asn1 encoding routines|wrong tag',
    means: 'the key cannot be read: it is none, another format, or was damaged on its way',
    why: [
      'its line breaks were lost in a variable: \\n stands there as two characters',
      'it is a public key or certificate where the private key is wanted, or an OpenSSH key',
      'it is encrypted, and no passphrase was given',
      'quotes or spaces around it, or its first or last line is missing',
    ],
    fix: ['tokentool key inspect FILE', 'tokentool key convert FILE --to pem'],
    class: 'credential',
  },
  {
    service: 'OpenSSL',
    text: 'bad decrypt|\\bERR_OSSL_BAD_DECRYPT\\b|1C800064|06065064|maybe wrong password|mac verify (error|failure)',
    means: 'the passphrase does not open the key',
    why: ['the passphrase of another key', 'a line break came along when it was copied'],
    fix: 'tokentool key inspect FILE --passphrase env:PASSPHRASE',
    class: 'credential',
  },
  {
    service: 'OpenSSL',
    text: '\\bERR_OSSL_CRYPTO_INTERRUPTED_OR_CANCELLED\\b|\\bERR_MISSING_PASSPHRASE\\b|passphrase required|password was not given but private key is encrypted|07880109',
    means: 'the key is encrypted, and no passphrase was given',
    fix: ['passphrase: $${env:PASSPHRASE} in the profile', 'tokentool key inspect FILE'],
    class: 'credential',
  },
  {
    service: 'OpenSSL',
    text: 'digital envelope routines|0308010C|\\bERR_OSSL_EVP_UNSUPPORTED\\b|inner_evp_generic_fetch|unsupported.{0,20}RC2-40',
    means:
      'an algorithm too old for OpenSSL 3 (MD4, RC2, DES): of an old build tool, or an old key file',
    fix: [
      'openssl pkcs12 -legacy -in OLD.p12 -nodes -out key.pem',
      'or renew what asks for it; webpack 4 is known for it',
    ],
    class: 'credential',
  },
  {
    service: 'OpenSSL',
    text: 'key too small|(EE|CA|DH)_KEY_TOO_SMALL|ca md too weak|modulusLength to be 2048|minimum key size|key size .{0,40}(at least|minimum)|WeakKeyException',
    means: 'the key is shorter than is safe, or is accepted today',
    fix: 'tokentool key generate new.pem --type rsa-2048, and have its public half registered',
    class: 'credential',
  },
]

export const TLS_ROWS: readonly ExplainRow[] = [...CERTIFICATE_ROWS, ...KEY_ROWS]
