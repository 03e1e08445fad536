// What kubectl asks of a credential plugin:
// https://kubernetes.io/docs/reference/config-api/client-authentication.v1/

import type { TokenSet } from '../../call/token.ts'
import { TokenError } from '../../error.ts'
import { readJson } from '../../json.ts'
import { escapeJson } from '../../terminal.ts'
import { toIso } from '../expiry.ts'
import { requirePlainToken } from './plain.ts'

const VERSIONS = [
  'client.authentication.k8s.io/v1',
  'client.authentication.k8s.io/v1beta1',
] as const
export type ExecVersion = (typeof VERSIONS)[number]

/** `info`: $KUBERNETES_EXEC_INFO, which kubectl sets and a person who tries it does not. */
export function readExecVersion(info: string | undefined): ExecVersion {
  if (!info) return VERSIONS[0]
  const asked = readVersion(info)
  const version = VERSIONS.find((known) => known === asked)
  if (version !== undefined) return version
  const named = typeof asked === 'string' ? asked.slice(0, 80) : undefined
  throw new TokenError(
    'usage',
    named === undefined
      ? 'KUBERNETES_EXEC_INFO names no apiVersion'
      : `KUBERNETES_EXEC_INFO asks for ${named}`,
    {
      means: `known are ${VERSIONS.join(' and ')}`,
      fix: `apiVersion: ${VERSIONS[0]}   (in the kubeconfig, under users[].user.exec)`,
    },
  )
}

function readVersion(info: string): unknown {
  try {
    const value = readJson(info)
    return typeof value === 'object' && value !== null && 'apiVersion' in value
      ? value.apiVersion
      : undefined
  } catch {
    return undefined
  }
}

export function writeExecCredential(set: TokenSet, version: ExecVersion): string {
  return escapeJson(
    JSON.stringify({
      kind: 'ExecCredential',
      apiVersion: version,
      status: {
        ...(set.expiresAt !== undefined && { expirationTimestamp: toIso(set.expiresAt) }),
        token: requirePlainToken(set),
      },
    }),
  )
}
