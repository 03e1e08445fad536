// What some services do in their own way, where the token shows it.

import { type ExactJson, findMember } from '../json/exact-json.ts'
import { makeFinding, quote } from './codes.ts'
import type { Finding } from './finding.ts'
import { type HeaderView, readHeader, readText } from './header-view.ts'
import { listNames } from './lint-form.ts'

export function lintService(header: HeaderView, payload: ExactJson | undefined): Finding[] {
  const iss = readText(findMember(payload, 'iss')) ?? ''
  if (
    readText(readHeader(header, 'nonce')) !== undefined &&
    /^https:\/\/(login\.microsoftonline\.|login\.partner\.microsoftonline\.|sts\.windows\.net\/)/.test(
      iss,
    )
  ) {
    return [makeFinding('entra-graph-token', 'its header has a nonce: a token for Microsoft Graph')]
  }
  const signer = readText(readHeader(header, 'signer')) ?? ''
  if (/^arn:aws[\w-]*:elasticloadbalancing:/.test(signer)) {
    return [makeFinding('aws-alb-token', `its header names its signer ${quote(signer)}`)]
  }
  const claims = ['iss', 'exp'].filter((name) => readHeader(header, name) !== undefined)
  if (claims.length === 0) return []
  return [makeFinding('claims-in-header', `its header has ${listNames(claims)}`)]
}

export function lintAuth0(header: HeaderView, encryptedKey: string): Finding[] {
  const isDirect = readText(readHeader(header, 'alg')) === 'dir' && encryptedKey === ''
  const isGcm = readText(readHeader(header, 'enc')) === 'A256GCM'
  if (!isDirect || !isGcm || readHeader(header, 'iss') === undefined) return []
  return [makeFinding('auth0-no-audience', 'its header has iss, and its key is not sent along')]
}
