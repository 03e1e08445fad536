// What was asked for, from flags and variables, with the files that `=@FILE` names read.

import { parseDuration } from '../../core/duration.ts'
import { TokenError } from '../../core/error.ts'
import type { Selection } from '../../core/profile/chain.ts'
import { type Override, parseOverride } from '../../core/profile/override.ts'
import { quoteShell } from '../../core/shell.ts'
import type { World } from '../../core/world.ts'
import { readKeyFile } from '../key/open/key.ts'
import { resolvePath } from '../path.ts'

type Flags = Readonly<Record<string, unknown>>

const LARGEST_INPUT = 1024 * 1024

export async function readSelection(
  names: readonly string[],
  flags: Flags,
  world: World,
  warn: (text: string) => void,
): Promise<Selection> {
  const positional = names[0]
  const flagged = textOf(flags.profile)
  if (positional !== undefined && flagged !== undefined && positional !== flagged) {
    throw new TokenError('usage', `${positional} and -p ${flagged} name two profiles`, {
      fix: `leave out ${positional}, or -p ${flagged}`,
    })
  }
  const provider = textOf(flags.provider)
  const overrides: (Override & { content: unknown })[] = []
  for (const text of listOf(flags.set)) {
    const override = parseOverride(text)
    overrides.push({ ...override, content: await readContent(override, world, warn) })
  }
  return {
    profile:
      positional ??
      flagged ??
      (provider === undefined ? world.env.TOKENTOOL_PROFILE || undefined : undefined),
    provider,
    onward: listOf(flags.then),
    environment: textOf(flags.environment) ?? (world.env.TOKENTOOL_ENVIRONMENT || undefined),
    overrides,
    scopes: listOf(flags.scope),
    transport: readTransportFlags(flags),
  }
}

async function readContent(
  override: Override,
  world: World,
  warn: (text: string) => void,
): Promise<unknown> {
  const { value, flag } = override
  if (value.from === 'text') return value.text
  if (value.from === 'json') return value.json
  const text = value.file === '-' ? await readInput(world, flag) : readFile(value.file, world, warn)
  // what a file holds is a value, never a template; a function, because $$ in a replacement is one $
  return text.replace(/\r?\n$/, '').replaceAll('${', () => '$${')
}

async function readInput(world: World, flag: string): Promise<string> {
  if (world.stdin.isTTY) {
    throw new TokenError('usage', `${flag}: nothing comes from standard input`, {
      means: '@- reads what is piped or redirected into the command',
      fix: 'pass show token | tokentool get …',
    })
  }
  return decode(await world.stdin.readAll(LARGEST_INPUT), 'standard input')
}

function readFile(file: string, world: World, warn: (text: string) => void): string {
  const { bytes, warnings } = readGiven(file, world)
  for (const warning of warnings) warn(warning)
  return decode(bytes, file)
}

/** As carefully as a key is read, but not everything that stands in a file is one. */
function readGiven(file: string, world: World): ReturnType<typeof readKeyFile> {
  try {
    const path = resolvePath({ path: file, folder: undefined }, world)
    world.saw?.(path)
    return readKeyFile(path, file)
  } catch (error) {
    if (!(error instanceof TokenError) || /^(chmod|sudo chown) /.test(`${error.details.fix}`))
      throw error
    throw new TokenError('secret_unreadable', error.message, { fix: `ls -l ${quoteShell(file)}` })
  }
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new TokenError('secret_unreadable', `${name} is not text in UTF-8`, {
      fix: 'save it as UTF-8; what is binary, in base64',
    })
  }
}

function readTransportFlags(flags: Flags): Selection['transport'] {
  const found: { path: string[]; value: unknown; flag: string }[] = []
  const timeout = textOf(flags.timeout)
  if (timeout !== undefined)
    found.push({ path: ['timeout'], value: readTime(timeout, '--timeout'), flag: '--timeout' })
  const retries = textOf(flags.retries)
  if (retries !== undefined) {
    if (!/^\d{1,3}$/.test(retries))
      throw new TokenError('usage', '--retries wants a whole number: 0, 1, 2 …', {
        fix: '--retries 2',
      })
    found.push({ path: ['retries'], value: Number(retries), flag: '--retries' })
  }
  const proxy = textOf(flags.proxy)
  if (proxy !== undefined) {
    if (/@/.test(proxy)) {
      throw new TokenError(
        'usage',
        '--proxy: a user name and password do not belong into an argument',
        {
          means: 'arguments can be read by everyone on this machine',
          fix: 'export HTTPS_PROXY=…, or proxy: ${env:PROXY} in the profile',
        },
      )
    }
    found.push({ path: ['proxy'], value: proxy, flag: '--proxy' })
  }
  const tls = {
    ...(typeof flags.cacert === 'string' && { ca: flags.cacert }),
    ...(flags.insecure === true && { insecure: true }),
  }
  for (const [name, value] of Object.entries(tls)) {
    found.push({ path: ['tls', name], value, flag: name === 'ca' ? '--cacert' : '--insecure' })
  }
  return found
}

export function readTime(text: string, flag: string): number {
  const seconds = parseDuration(text)
  if (seconds !== undefined && seconds > 0) return seconds
  throw new TokenError('usage', `${flag} wants a time like 30s, 5m, 2h, or seconds`, {
    ...(seconds === 0 && { means: '0 is no time; without the flag there is no such demand' }),
    fix: `${flag} 5m`,
  })
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

export function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}
