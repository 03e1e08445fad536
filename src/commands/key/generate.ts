// `tokentool key generate`: a new private key for its owner alone, and what goes to the service.

import { basename } from 'node:path'
import type { Context, Flags } from '../../cli.ts'
import { type ExitCode, TokenError } from '../../core/error.ts'
import { thumbprintOf } from '../../io/key/describe/fingerprint.ts'
import { createCertificate, createSigningRequest } from '../../io/key/write/certificate.ts'
import { type Attribute, readName, showName } from '../../io/key/write/distinguished-name.ts'
import { writeJson, writeJwk, writePrivatePem } from '../../io/key/write/key-writer.ts'
import { type NewFile, planFile, writeFiles } from '../../io/key/write/new-file.ts'
import { createKeyPair, type Hosts, type KeyPair, readHosts } from '../../io/key/write/new-key.ts'
import { listOf, textOf } from '../../io/profile/selection.ts'
import { formatMade, formatMadeJson, type Made } from './generate-text.ts'
import { readPassphrase, warnOfShort } from './input.ts'

export async function generateKey(
  [name]: readonly string[],
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const { world, printer } = context
  const plan = await planKey(name, flags, context)
  const { file, request, certificate, passphrase } = plan
  const pair = await createKeyPair(`${flags.type}`)
  const thumbprint = thumbprintOf(pair.privateKey) ?? ''
  const kid = plan.isJwk ? (textOf(flags.kid) ?? thumbprint) : undefined
  const text = plan.isJwk
    ? writeJson(writeJwk(pair.privateKey, 'private', { kid, alg: undefined, use: undefined }))
    : writePrivatePem(pair.privateKey, passphrase)
  writeFiles([
    ...(file ? [[file, text] as const] : []),
    ...(request ? [[request, createSigningRequest(holderOf(pair, plan, []))] as const] : []),
    ...(certificate
      ? [
          [
            certificate,
            createCertificate({ ...holderOf(pair, plan, HERE), ...plan.period, purpose: 'server' }),
          ] as const,
        ]
      : []),
  ])
  const made: Made = {
    file: file?.shown,
    type: `${flags.type}`,
    form: plan.isJwk ? 'jwk' : 'pem',
    passphrase: textOf(flags.passphrase),
    kid,
    thumbprint,
    request: request?.shown,
    certificate: certificate?.shown,
    subject: showName(plan.subject),
  }
  if (file === undefined) await world.stdout.write(text)
  else if (flags.json === true) await world.stdout.write(formatMadeJson(made))
  else if (!printer.view.quiet)
    await world.stdout.write(formatMade(made, world, await printer.paint('stdout')))
  return 0
}

const HERE = ['localhost', '127.0.0.1', '::1']

interface Plan {
  /** undefined: standard output */
  readonly file: NewFile | undefined
  readonly isJwk: boolean
  readonly passphrase: string | undefined
  readonly request: NewFile | undefined
  readonly certificate: NewFile | undefined
  readonly subject: readonly Attribute[]
  readonly hosts: readonly string[]
  readonly period: { readonly notBefore: Date; readonly notAfter: Date }
}

/** All that can be wrong, before anything is made. */
async function planKey(name: string | undefined, flags: Flags, context: Context): Promise<Plan> {
  const { world } = context
  refuseTerminal(name, flags, context)
  const isJwk = flags.format === 'jwk'
  if (isJwk && flags.passphrase !== undefined) {
    throw new TokenError('usage', '--passphrase encrypts a PEM; a JWK has no such form', {
      fix: 'leave out --format jwk',
    })
  }
  if (!isJwk && flags.kid !== undefined) {
    throw new TokenError('usage', '--kid is for --format jwk; PEM has no place for it', {
      fix: '--format jwk, or key_id in the profile',
    })
  }
  refuseIdle(flags)
  const plan = (flag: string, secret: boolean, value: unknown): NewFile | undefined =>
    typeof value === 'string' ? planFile(value, flag, secret, world) : undefined
  const files = {
    file: plan('key generate', true, name),
    request: plan('--csr', false, flags.csr),
    certificate: plan('--certificate', false, flags.certificate),
  }
  refuseTwins(Object.values(files))
  const hosts = listOf(flags.host)
  readHosts(hosts)
  const passphrase = await readPassphrase(flags.passphrase, '--passphrase', context)
  if (passphrase === '') {
    throw new TokenError('secret_missing', '--passphrase: it is empty, which protects nothing', {
      fix: '--passphrase env:NAME, or no --passphrase at all',
    })
  }
  if (passphrase !== undefined) await warnOfShort(passphrase, '--passphrase', context.printer)
  const stem = name === undefined ? 'tokentool' : basename(name).replace(/(?<=.)\..*$/s, '')
  const subject = textOf(flags.subject)
  return {
    ...files,
    isJwk,
    passphrase,
    subject: subject === undefined ? [{ name: 'CN', value: stem.slice(0, 64) }] : readName(subject),
    hosts,
    period: readPeriod(flags.days ?? USUAL_DAYS, world.now()),
  }
}

/** What would be ignored. */
function refuseIdle({ csr, certificate, subject, host, days }: Flags): void {
  const named = csr !== undefined || certificate !== undefined
  const idle = subject !== undefined ? '--subject' : listOf(host).length > 0 ? '--host' : undefined
  if (!named && idle !== undefined) {
    throw new TokenError('usage', `${idle} is for a request or certificate, and none is made`, {
      fix: ['--csr key.csr', '--certificate key.crt'],
    })
  }
  if (certificate !== undefined || days === undefined) return
  throw new TokenError('usage', '--days is for a certificate, and none is made', {
    fix: '--certificate key.crt',
  })
}

/** The flag's own default: whether it was given cannot be told. */
const USUAL_DAYS = '365'

/** A key in the scrollback of a terminal is a key that was lost. */
function refuseTerminal(name: string | undefined, flags: Flags, { world }: Context): void {
  if (name !== undefined) return
  if (world.stdout.isTTY) {
    throw new TokenError('usage', 'key generate: where to? A key is not shown on a terminal', {
      fix: 'tokentool key generate key.pem',
    })
  }
  if (flags.json === true) {
    throw new TokenError('usage', '--json tells of a file, and no file is named', {
      fix: 'tokentool key generate key.pem --json',
    })
  }
}

function refuseTwins(files: readonly (NewFile | undefined)[]): void {
  const paths = files.flatMap((file) => file?.path ?? [])
  if (new Set(paths).size === paths.length) return
  throw new TokenError('usage', 'key, --csr and --certificate name the same file', {
    fix: 'tokentool key generate key.pem --csr key.csr --certificate key.crt',
  })
}

const DAY = 86_400_000

function readPeriod(days: unknown, now: number): Plan['period'] {
  const count = /^\d{1,5}$/.test(`${days}`) ? Number(days) : 0
  if (count < 1 || count > 36_500) {
    throw new TokenError('usage', `--days ${days}: a number of days, from 1 to 36500`, {
      fix: '--days 365',
    })
  }
  // clocks differ by minutes
  const notBefore = new Date(Math.floor(now / 1000) * 1000 - 5 * 60_000)
  return { notBefore, notAfter: new Date(notBefore.getTime() + count * DAY) }
}

function holderOf(
  pair: KeyPair,
  { subject, hosts }: Plan,
  usual: readonly string[],
): KeyPair & Hosts & { readonly subject: readonly Attribute[] } {
  return { ...pair, subject, ...readHosts(hosts.length > 0 ? hosts : usual) }
}
