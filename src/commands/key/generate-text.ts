// What was made, for a person and for a program.

import { quotePath } from '../../core/key/key-refusal.ts'
import { pad } from '../../core/layout.ts'
import { escapeJson, escapeLine, wrap } from '../../core/terminal.ts'
import type { World } from '../../core/world.ts'
import type { Paint } from '../../io/paint.ts'

/** Files as they were named. */
export interface Made {
  readonly file: string | undefined
  /** rsa-2048, p-256, … */
  readonly type: string
  readonly form: 'pem' | 'jwk'
  /** where its passphrase came from; undefined: it is not encrypted */
  readonly passphrase: string | undefined
  /** of a JWK */
  readonly kid: string | undefined
  readonly thumbprint: string
  readonly request: string | undefined
  readonly certificate: string | undefined
  readonly subject: string
}

export function formatMadeJson(made: Made): string {
  const { file, type, form, passphrase, kid, thumbprint, request, certificate, subject } = made
  const named = request !== undefined || certificate !== undefined
  const value = {
    file: file ?? null,
    kind: type,
    format: form,
    encrypted: passphrase !== undefined,
    kid: kid ?? null,
    thumbprint,
    csr: request ?? null,
    certificate: certificate ?? null,
    subject: named ? subject : null,
  }
  return `${escapeJson(JSON.stringify(value))}\n`
}

const KINDS: Readonly<Record<string, string>> = {
  'p-256': 'P-256',
  'p-384': 'P-384',
  'p-521': 'P-521',
  ed25519: 'Ed25519',
}

export function formatMade(made: Made, world: World, paint: Paint): string {
  const { file = '', type, form, passphrase, kid, thumbprint, request, certificate, subject } = made
  const width = world.stdout.isTTY ? world.stdout.columns - 1 : Number.POSITIVE_INFINITY
  const kind = KINDS[type] ?? `${type.replace('rsa-', '')}-bit RSA`
  const lock = form === 'jwk' ? 'JWK' : passphrase ? 'encrypted PKCS#8' : 'PKCS#8, not encrypted'
  const rows: [label: string, value: string][] = [
    ['key', `${file}: a new ${kind} key (${lock}), for you alone to read`],
    ['thumbprint', `${thumbprint}${kid === thumbprint ? ', which is its kid' : ''}`],
    ...(kid !== undefined && kid !== thumbprint ? [['kid', kid] as [string, string]] : []),
  ]
  if (request !== undefined) {
    rows.push(['request', `${request}: for ${subject}; an authority makes a certificate of it`])
  }
  if (certificate !== undefined) {
    const warning = 'for localhost and the sandbox only, VA refuses such certificates'
    rows.push(['certificate', `${certificate}: for ${subject}, self-signed; ${warning}`])
  }
  const size = Math.max(...rows.map(([label]) => label.length)) + 2
  const lines = rows.map(
    ([label, value]) => paint('label', pad(label, size)) + wrap(escapeLine(value), width, size),
  )
  const opener = passphrase === '-' ? '-' : quotePath(passphrase ?? '')
  const open = passphrase === undefined ? '' : ` --passphrase ${opener}`
  // a command must survive being copied: it is never broken
  const next = request
    ? `tokentool key inspect ${quotePath(request)}`
    : `tokentool key convert ${quotePath(file)} --to public${open}`
  return `${[...lines, paint('label', pad('next', size)) + escapeLine(next)].join('\n')}\n`
}
