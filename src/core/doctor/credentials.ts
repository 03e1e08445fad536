// Keys, certificates, and the assertion: signed for real, since only that shows that they fit.

import { buildClaims, type Claims, mintAssertion } from '../call/assertion.ts'
import { checkClaims, checkLifetime } from '../call/limit.ts'
import type { SigningKey } from '../call/tools.ts'
import { formatDuration } from '../duration.ts'
import { isTree } from '../profile/layer.ts'
import { writtenValue } from '../profile/profile.ts'
import { isOpen, listSigned } from '../profile/sources.ts'
import { isOutside, type MintedAssertion } from '../provider.ts'
import { readSigner } from '../template/keyring.ts'
import { type Case, isBlindTo, isLater } from './examination.ts'
import { examineOutside } from './outside.ts'

/** Whether all that the call needs has been signed. */
export async function examineCredentials(one: Case): Promise<boolean> {
  const { assertion, client_assertion } = one.profile.provider
  let signed = true
  for (const [column, columns] of Object.entries({ assertion, client_assertion })) {
    if (columns === undefined) continue
    const name = column === 'assertion' ? column : 'client_assertion'
    if (isOutside(columns)) {
      signed = (await examineOutside(one, name, columns)) && signed
      continue
    }
    const key = await examineKey(one, columns)
    if (name === 'assertion' || columns.key === undefined) await examineCertificate(one, key)
    const done = await examineAssertion(one, name, columns, key)
    signed &&= done
  }
  return signed
}

async function examineKey(one: Case, { key }: MintedAssertion): Promise<SigningKey | undefined> {
  const { profile, values, instruments, findings } = one
  const name = key === undefined ? nameKey(one) : key.replace(/^\$\{|\}$/g, '')
  if (instruments.blind !== undefined) {
    findings.add('key', 'skipped', `${name}: not looked at (${instruments.blind})`)
    return undefined
  }
  if (isLater(profile, [{ path: ['assertion', 'key'], template: key ?? null }])) return undefined
  const signer =
    key === undefined ? await findings.attempt('key', () => readSigner(values)) : undefined
  if (signer !== undefined) {
    await findings.attempt(
      'key',
      () => instruments.findCommand(signer),
      (file) => `key.signer: ${file} will be run at get; doctor runs no command`,
    )
  }
  return findings.attempt(
    'key',
    () => (key === undefined ? values.key() : values.secretKey(key)),
    ({ description }) => `${name}: ${description}`,
  )
}

function nameKey(one: Case): string {
  const key = writtenValue(one.profile, 'key')
  if (key === undefined) return namePath(one, 'key_path') ?? 'key'
  return isTree(key) && 'signer' in key ? (namePath(one, 'public_key') ?? 'key') : 'key'
}

/** With what stands in the path filled in, where nothing secret does. */
function namePath({ profile, values }: Case, field: string): string | undefined {
  const written = writtenValue(profile, field)
  if (written === undefined) return undefined
  const open = isOpen(profile, { path: [field], template: written })
  return `${field} ${open ? values.text(field) : written}`
}

/** A month: what it takes to have a new one registered. */
const SOON = 30 * 86_400_000

async function examineCertificate(one: Case, key: SigningKey | undefined): Promise<void> {
  const { values, instruments, findings } = one
  const name = namePath(one, 'certificate_path')
  if (name === undefined) return
  if (instruments.blind !== undefined) {
    findings.add('certificate', 'skipped', `${name}: not looked at (${instruments.blind})`)
    return
  }
  const certificate = await findings.attempt('certificate', () => {
    const path = values.path('certificate_path')
    return path && instruments.tools.readCertificate(instruments.tools.resolvePath(path))
  })
  if (certificate === undefined) return
  const { notAfter, publicPem } = certificate
  const until = new Date(notAfter).toISOString().slice(0, 10)
  const left = notAfter - instruments.tools.now()
  const renew = ['have a new certificate for this key made and registered, and name its file']
  if (key?.publicPem !== undefined && key.publicPem !== publicPem) {
    findings.add('certificate', 'problem', `${name} belongs to another key`, {
      means: [`its public key is not that of ${nameKey(one)}`],
      fix: ['certificate_path: the certificate that was issued for this key'],
    })
  }
  if (left <= 0) {
    findings.add('certificate', 'problem', `${name} has run out: ${until}`, { fix: renew })
  } else if (left < SOON) {
    findings.add('certificate', 'warning', `${name} runs out soon: ${until}`, { fix: renew })
  } else findings.add('certificate', 'ok', `${name} is good until ${until}`)
}

async function examineAssertion(
  one: Case,
  column: 'assertion' | 'client_assertion',
  assertion: MintedAssertion,
  key: SigningKey | undefined,
): Promise<boolean> {
  const { profile, before, values, instruments, findings } = one
  const said = listSigned(column, assertion)
  const claimed = said.filter(({ path }) => path[1] === 'claims')
  if (isLater(profile, said)) {
    const message = `the ${column} says what only the answer of ${before?.name} will tell`
    findings.add('assertion', 'skipped', message)
    return false
  }
  const readable = instruments.blind === undefined || !isBlindTo(profile, claimed)
  const claims = readable ? await examineClaims(one, column, assertion) : undefined
  if (instruments.blind !== undefined) {
    findings.add('assertion', 'skipped', `not signed (${instruments.blind})`)
    return false
  }
  const minted =
    claims &&
    key &&
    (await findings.attempt(
      'assertion',
      () => mintAssertion(values, assertion, column, instruments.tools),
      ({ header, jwt }) => {
        const size = `${jwt.reveal().length} characters`
        const limit = profile.provider.limits?.assertion_length
        const range =
          limit && column === 'assertion' ? ` (${limit[0]} to ${limit[1]} are taken)` : ''
        return `signed with ${header.alg}: ${size}${range}${describeLife(one, claims)}`
      },
      ['ask the service to take a stronger key'],
    ))
  if (minted) return true
  const why = findings.isHeld ? 'doctor runs no command' : 'something it needs is wrong'
  findings.add('assertion', 'skipped', `not signed: ${why}`)
  return false
}

/** Rule by rule, so that all that is broken is told; undefined when there are no claims to sign. */
async function examineClaims(
  { profile, values, findings }: Case,
  column: 'assertion' | 'client_assertion',
  assertion: MintedAssertion,
): Promise<Claims | undefined> {
  const claims = await findings.attempt('limits', () => buildClaims(values, assertion))
  if (claims === undefined || column === 'client_assertion') return claims
  for (const [name, rule] of Object.entries(profile.provider.limits?.claims ?? {})) {
    await findings.attempt('limits', () => checkClaims(profile, claims, { [name]: rule }))
  }
  await findings.attempt('limits', () => checkLifetime(profile, claims))
  return claims
}

function describeLife({ profile }: Case, { iat, exp }: Claims): string {
  if (typeof iat !== 'number' || typeof exp !== 'number') return ''
  const longest = profile.provider.limits?.lifetime
  const most = longest === undefined ? '' : ` (${formatDuration(longest)} at most)`
  return `, good for ${formatDuration(exp - iat)}${most}`
}
