// `tokentool verify`: three verdicts, kept apart. What is asked and does not hold is an answer, on
// stdout, and exit 7; only what could not be asked is an error.

import type { Context, Flags } from '../../cli.ts'
import type { Transport } from '../../core/call/wire.ts'
import { type ExitCode, TokenError } from '../../core/error.ts'
import { isHeld, type Verdict } from '../../core/jwt/claim/verdict.ts'
import { lintToken } from '../../core/jwt/finding/lint.ts'
import { readPart } from '../../core/jwt/reading/part.ts'
import type { EncryptedToken, SignedToken } from '../../core/jwt/token.ts'
import type { World } from '../../core/world.ts'
import { type Asking, type GivenKeys, gatherKeys } from '../../io/key/verify/key-source.ts'
import { resolvePath } from '../../io/path.ts'
import { listOf, readSelection, textOf } from '../../io/profile/selection.ts'
import { readWholeFile } from '../../io/text-file.ts'
import { readNow } from '../moment.ts'
import { readTokenInput } from '../token-input.ts'
import { type Choice, chooseToken } from './choice.ts'
import { readExpectations, readOrigin, refuseCrowd, refuseSilence } from './demand.ts'
import { formatVerdictJson } from './json.ts'
import { type Demand, judgeForm, judgeToken } from './judge.ts'
import { formatVerdict } from './text.ts'
import { refuseMisuse } from './usage.ts'

export async function verify(
  words: readonly string[],
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const { world } = context
  refuseMisuse(flags, world.argv)
  const origin = readOrigin(flags, world)
  refuseCrowd(words, flags)
  const now = readNow(flags.at, world.now())
  const issuer = textOf(flags.issuer)
  // what is written wrongly is said before a token is asked for
  readExpectations(flags, issuer, now)
  const all = await readTokenInput('verify', words, undefined, world)
  const choice = chooseToken(all, textOf(flags.field))
  const { token } = choice.found
  if (token.kind === 'opaque') {
    throw new TokenError('input_invalid', `it is ${token.name}, which has no signature to verify`, {
      means: token.advice,
    })
  }
  if (token.kind === 'jwe') return answer(judgeEncrypted(token, now), choice, true, flags, context)
  const payload = readDetached(token, flags, world)
  const body = payload === undefined ? token.payload : readPart(payload)
  const waits = origin?.kind === 'profile' && flags.iss === undefined
  // whose keys they are, the profile's authorization server may say
  refuseSilence(flags, origin, issuer ?? (waits ? '' : undefined), body.json)
  if (origin === undefined) throw new TokenError('bug', 'a signature without a key')
  const given = await gatherKeys(origin, token, await prepare(flags, context))
  refuseSilence(flags, origin, given.issuer, body.json)
  const demand: Demand = {
    question: {
      algorithms: flags.alg === undefined ? undefined : listOf(flags.alg),
      kid: textOf(flags.kid),
      allowPadding: flags.allowPadding === true,
      payload,
    },
    expectations:
      flags.signatureOnly === true ? undefined : readExpectations(flags, given.issuer, now),
    now,
  }
  const verdict = await judge(token, given, demand)
  const { status, alg, kid, key } = verdict.signature
  const said = `alg ${alg ?? '(none)'}, kid ${kid ?? '(none)'}`
  await context.printer.trace(1, `signature: ${said} → ${key ?? 'no key'}: ${status}`)
  return answer(verdict, choice, demand.expectations !== undefined, flags, context)
}

/** Keys that were kept may be out of date: what is not valid with them is asked again, once. */
async function judge(token: SignedToken, given: GivenKeys, demand: Demand): Promise<Verdict> {
  const verdict = judgeToken(token, given.keys, given.notes, demand)
  if (verdict.signature.status === 'valid' || given.renew === undefined) return verdict
  return judgeToken(token, await given.renew(), given.notes, demand)
}

function judgeEncrypted(token: EncryptedToken, now: number): Verdict {
  const findings = lintToken(token, now)
  return {
    form: judgeForm(findings, { padding: false }),
    signature: {
      status: 'unchecked',
      reason: 'it is encrypted, so nobody without the key knows what is in it',
      alg: undefined,
      kid: undefined,
      key: undefined,
      notes: [
        'where a token is in it: tokentool decode --key FILE --payload --raw … | tokentool verify …',
      ],
    },
    signatures: [],
    claims: { status: 'unchecked', failures: [], notes: ['they are encrypted'] },
  }
}

function readDetached(token: SignedToken, flags: Flags, world: World): Uint8Array | undefined {
  const file = textOf(flags.detachedPayload)
  if (file === undefined) return undefined
  if (!token.detached) {
    throw new TokenError('usage', '--detached-payload: the token has its own payload', {
      means: 'only one that was sent without it, header..signature, takes it from elsewhere',
    })
  }
  return readWholeFile(file, LARGEST_PAYLOAD, world)
}

const LARGEST_PAYLOAD = 10 * 1024 * 1024

/** Keys are small: who needs longer than this to send them does not want to. */
const TIMEOUT = 10_000

async function prepare(flags: Flags, { world, printer }: Context): Promise<Asking> {
  const warn = (text: string): void => void printer.warn(text)
  const { transport: said } = await readSelection([], flags, world, warn)
  const read = (...path: string[]): unknown =>
    said.find((one) => one.path.join('.') === path.join('.'))?.value
  const ca = read('tls', 'ca')
  const insecure = read('tls', 'insecure') === true
  const timeout = read('timeout')
  const proxy = read('proxy')
  if (insecure) warn('TLS is NOT verified (--insecure): anyone may answer with a key of theirs')
  const transport: Transport = {
    timeout: typeof timeout === 'number' ? timeout * 1000 : TIMEOUT,
    tls: {
      ...(typeof ca === 'string' && { ca: resolvePath({ path: ca, folder: undefined }, world) }),
      ...(insecure && { insecure }),
    },
    proxy: typeof proxy === 'string' ? proxy : undefined,
    allowHttp: false,
  }
  const trace: Asking['trace'] = (level, text) => printer.trace(level, text)
  const fetching = { world, transport, fresh: flags.cache === false, trace }
  return { world, flags, warn, trace, fetching }
}

async function answer(
  verdict: Verdict,
  choice: Choice,
  claimsAsked: boolean,
  flags: Flags,
  { world, printer }: Context,
): Promise<ExitCode> {
  const ok = isHeld(verdict, { claims: claimsAsked })
  if (flags.json === true) await world.stdout.write(formatVerdictJson(verdict, ok, choice))
  else if (!printer.view.quiet) {
    const paint = await printer.paint('stdout')
    await world.stdout.write(formatVerdict(verdict, ok, choice, { world, paint }))
  }
  return ok ? 0 : 7
}
