// Tokens as data, for tests that read: the RFCs' (vectors/), two that a real service printed in its
// documentation, and some made here, none of which anybody verifies.

import { readFileSync } from 'node:fs'

export const encode = (content: string | object): string =>
  Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64url')

/** A signature of so many bytes. */
const sign = (size: number): string => Buffer.alloc(size, 'tokentool').toString('base64url')

export const JWT = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: '1234567890', name: 'John Doe', iat: 1516239022 })}.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c`
export const ACCESS = `${encode({ alg: 'RS256', kid: 'k1' })}.${encode({ iss: 'https://id.example', sub: 'access', scope: 'a b', iat: 1516239022 })}.${sign(256)}`
export const UNSECURED = `${encode({ alg: 'none' })}.${encode({ iss: 'joe' })}.`
export const JWE = `${encode({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.${sign(256)}.48V1_ALb6US04U3b.${sign(63)}.XFBoMYUZodetZdvTiFvSkQ`

export const SD_JWT = `${encode({ alg: 'ES256', typ: 'example+sd-jwt' })}.${encode({ _sd: ['a', 'b'], iss: 'https://issuer.example', _sd_alg: 'sha-256' })}.${sign(64)}~${encode(['2GLC42sKQveCfGfryNRN9w', 'given_name', 'John'])}~${encode(['lklxF5jMYlGTPUovMNIvCA', 'US'])}~`
export const KEY_BOUND = `${SD_JWT}${encode({ alg: 'ES256', typ: 'kb+jwt' })}.${encode({ nonce: '1234567890', aud: 'https://verifier.example', iat: 1748537244, sd_hash: '0_Af-2B-EhLWX5ydh_w2xzwmO6iM66B_2QCEanI4fUY' })}.${sign(64)}`

export const FLATTENED = JSON.stringify({
  payload: encode({ iss: 'joe' }),
  protected: encode({ alg: 'ES256' }),
  header: { kid: 'e9bc097a' },
  signature: sign(64),
})

/** From the documentation of light-oauth2. */
export const LIGHT_CODE =
  'eyJraWQiOiIxMDAiLCJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ1cm46Y29tOm5ldHdvcmtudDpvYXV0aDI6djEiLCJhdWQiOiJ1cm46Y29tLm5ldHdvcmtudCIsImV4cCI6MTQ4MzIwOTQ4NiwianRpIjoib0dtdXEzSl85d0tlOUVIT2RWM21PUSIsImlhdCI6MTQ4MzIwODg4NiwibmJmIjoxNDgzMjA4NzY2LCJ2ZXJzaW9uIjoiMS4wIiwidXNlcl9pZCI6ImFkbWluIiwidXNlcl90eXBlIjoiYWRtaW4iLCJjbGllbnRfaWQiOiJmN2Q0MjM0OC1jNjQ3LTRlZmItYTUyZC00YzU3ODc0MjFlNzIiLCJzY29wZSI6WyJwZXRzdG9yZS5yIiwicGV0c3RvcmUudyJdfQ.gQ5HI2drObxorsQvz86RYT5tgk7QCnEBm9zNod7SbC--v8s4OfFIM4FQbxGqlMzbU3_dDXiyMSGzOFD_ShZ5se9W2FLxLjbMmBJwQG89peymcdY2mTgQoKJMYxL602a7cloyuoDZ_l-OQSj6RMdgRw4FKmMdOqMKWauoh58faZqvHgGxk43hlKW4bBy4vqg2IhNsUm_vIf-SVAUAMqp0Birt94FfjM3QSCQfwHXfK1nCWjFvfRIoN6w7XrPDQtnZq_8Mhdv8dNwowDLoYayKoUpr7i84gFA11-J1gocJOALj1kYody6kU5CfMwGOSX90PUEmdVy_3WnyEAp3blC-Iw'
export const LIGHT_CLIENT =
  'eyJraWQiOiIxMDAiLCJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ1cm46Y29tOm5ldHdvcmtudDpvYXV0aDI6djEiLCJhdWQiOiJ1cm46Y29tLm5ldHdvcmtudCIsImV4cCI6MTQ4MzIwOTc1NywianRpIjoiOVhWdGV2dXZ2cjMwQ0lnZVFuUTFUUSIsImlhdCI6MTQ4MzIwOTE1NywibmJmIjoxNDgzMjA5MDM3LCJ2ZXJzaW9uIjoiMS4wIiwiY2xpZW50X2lkIjoiZjdkNDIzNDgtYzY0Ny00ZWZiLWE1MmQtNGM1Nzg3NDIxZTcyIiwic2NvcGUiOlsicGV0c3RvcmUuciIsInBldHN0b3JlLnciXX0.C8oHgjKpaKWAYJvSqZ4_VT2sw8XXpABFq-aXgNUN2mCEKZJN7AkA6qio0fK4ZCTn5lT9bLou6SOEDV-uXvcU1_XlvKTTnbMO2g-s_7-O-xXxSCAXiLZ-5C7ieGt7enQrxrESUEsgr0Kow4a34GjxAod5j0vcKzhZ6vrcQcuCecPKaeovV0nkBZH2cGPhaLvK346RA9VjxITcR1DgzPWIO3AYJGaIrF8-mCA6Ad8LNi8mB0T5pHIST5fpVTsDYF3KjQJKYiwEhVMbfErBrsmiUUHJ7fYNi5ntLvT-61rupqrQeudl54gg4onct6rT9A2HmuV0iucECkwm9urJ2QxO-A'

export interface Fixture {
  readonly name: string
  readonly text: string
}

const readVectors = (name: string): Fixture[] =>
  (
    JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), 'utf8')) as {
      name: string
      token: string | object
    }[]
  ).map(({ name: vector, token }) => ({
    name: vector,
    text: typeof token === 'string' ? token : JSON.stringify(token),
  }))

/** The examples of RFC 7515, 7516, 7519, 7520, 7797 and 8037. */
export const RFC_TOKENS: readonly Fixture[] = [
  ...readVectors('signed'),
  ...readVectors('encrypted'),
]

export const TOKENS: readonly Fixture[] = [
  ...RFC_TOKENS,
  ...Object.entries({
    JWT,
    ACCESS,
    UNSECURED,
    JWE,
    SD_JWT,
    KEY_BOUND,
    FLATTENED,
    LIGHT_CODE,
    LIGHT_CLIENT,
  }).map(([name, text]) => ({ name, text })),
  {
    name: 'JSON that JSON.parse changes',
    text: `${encode('{"alg":"HS256","alg":"none","x":1.0}')}.${encode('{"n":9007199254740993,"f":1.0,"e":1E3,"big":1e400,"b":1,"2":"x","1":"y","sub":"a","sub":"b","__proto__":{"a":-0},"u":"\\u00e9\\/","s":[ 1 , {} ]}')}.${sign(32)}`,
  },
]
