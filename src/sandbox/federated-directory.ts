// Federated Directory: a JWT bearer grant whose assertion is nothing but issuer, one role and the
// audience `key`, within narrow limits of length, from keys as small as 1024 bits.

import {
  createPublicKey,
  createSecretKey,
  type KeyObject,
  randomBytes,
  randomInt,
} from 'node:crypto'
import { checkSignature, signToken, splitToken } from './signing.ts'
import type { Entry, Twin, TwinAnswer, TwinContext, TwinRequest } from './twin.ts'

export interface FederatedDirectoryAccount {
  readonly issuer: string
  readonly role: 'directoryKey' | 'admin'
  /** PEM text: a public key or a certificate */
  readonly public_key: string
}

const TOKEN_PATH = '/v2/Login/Oauth2/Token'
const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const SHORTEST = 250
const LONGEST = 500
/** a tenant's session time, unless its administrator chose another */
const SESSION = 480 * 60

export const federatedDirectory: Twin<readonly FederatedDirectoryAccount[]> = {
  tokenPath: TOKEN_PATH,
  none: [],
  readAccounts: (entry) => entry.items().map(readAccount),
  start(accounts, context) {
    const key = createSecretKey(randomBytes(32))
    return (request) => {
      if (request.path !== TOKEN_PATH) return refuse(404, 'there is no such path')
      if (request.method !== 'POST') return refuse(405, 'this path takes POST only')
      const fault = checkRequest(request, accounts)
      return fault ?? { status: 200, body: issueToken(context, key) }
    }
  },
}

function readAccount(entry: Entry): FederatedDirectoryAccount {
  const account = entry.members(['issuer', 'role', 'public_key'])
  return {
    issuer: account.need('issuer').text(),
    role: account.need('role').choice(['directoryKey', 'admin']),
    public_key: readPublicKey(account.need('public_key')),
  }
}

function readPublicKey(entry: Entry): string {
  const pem = entry.pem()
  try {
    if (createPublicKey(pem).asymmetricKeyType === 'rsa') return pem
  } catch {
    return entry.fail('a PEM public key or certificate belongs here')
  }
  return entry.fail('this holds no RSA key, and the service knows only RS256')
}

function checkRequest(
  request: TwinRequest,
  accounts: readonly FederatedDirectoryAccount[],
): TwinAnswer | undefined {
  const body = readBody(request)
  if ('status' in body) return body
  const { grant_type, assertion } = body.fields
  if (grant_type !== JWT_BEARER) return refuse(400, 'grant_type must be the jwt-bearer URN')
  if (typeof assertion !== 'string') return refuse(400, 'assertion is required')
  if (assertion.length < SHORTEST || assertion.length > LONGEST) {
    return refuse(400, `assertion length must be from ${SHORTEST} to ${LONGEST} characters`)
  }
  return checkAssertion(assertion, accounts)
}

/** Both encodings are taken, and a body without a content type for JSON. */
function readBody({
  headers,
  body,
}: TwinRequest): { fields: Readonly<Record<string, unknown>> } | TwinAnswer {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type === 'application/x-www-form-urlencoded') {
    return { fields: Object.fromEntries(new URLSearchParams(body.toString())) }
  }
  if (type !== '' && type !== 'application/json') {
    return refuse(415, 'send application/json')
  }
  try {
    const value: unknown = JSON.parse(body.toString())
    if (typeof value === 'object' && value !== null) return { fields: { ...value } }
  } catch {
    // said below
  }
  return refuse(400, 'the payload is not a JSON object')
}

/** No exp, iat or jti is asked for, and whatever else stands there is not looked at. */
function checkAssertion(
  assertion: string,
  accounts: readonly FederatedDirectoryAccount[],
): TwinAnswer | undefined {
  const parts = splitToken(assertion)
  if (parts?.header.alg !== 'RS256') {
    return refuse(401, 'the assertion is not a JWT signed with RS256')
  }
  const { iss, scope, aud } = parts.claims
  const known = accounts.filter((account) => account.issuer === iss)
  if (known.length === 0) return refuse(401, 'the issuer of the assertion is unknown')
  const account = known.find(({ public_key }) =>
    checkSignature(parts, 'RS256', createPublicKey(public_key)),
  )
  if (!account) return refuse(401, 'the signature of the assertion does not hold')
  if (aud !== 'key') return refuse(401, 'the audience of the assertion is not key')
  if (!Array.isArray(scope) || scope.length !== 1 || scope[0] !== account.role) {
    return refuse(403, 'the scope of the assertion is not the role of this key')
  }
  return undefined
}

function issueToken(context: TwinContext, key: KeyObject): object {
  const now = context.now()
  return {
    access_token: signToken(
      { alg: 'HS256', typ: 'JWT' },
      {
        iss: 'https://www.federated.directory/',
        aud: 'key',
        exp: Math.floor(now / 1000) + SESSION,
        jti: makeUuidV1(now),
      },
      key,
    ),
    token_type: 'Bearer',
    expires_in: SESSION,
  }
}

/** RFC 9562, 5.1: the time in steps of 100 ns since 1582, lowest part first. */
function makeUuidV1(now: number): string {
  const steps =
    (BigInt(Math.floor(now)) + 12_219_292_800_000n) * 10_000n + BigInt(randomInt(10_000))
  const time = steps.toString(16).padStart(15, '0')
  const clock = (0x8000 | randomInt(0x4000)).toString(16)
  const node = randomBytes(6).toString('hex')
  return `${time.slice(7)}-${time.slice(3, 7)}-1${time.slice(0, 3)}-${clock}-${node}`
}

/** A SCIM error, RFC 7644 3.12: the status is a text. */
function refuse(status: number, detail: string): TwinAnswer {
  return {
    status,
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      detail,
      status: String(status),
    },
    why: detail,
  }
}
