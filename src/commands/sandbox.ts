// `tokentool sandbox`: the twins on a port of this machine, until told to stop. Stdout has the
// addresses, stderr the request log.

import type { Context, Flags } from '../cli.ts'
import { parseDuration } from '../core/duration.ts'
import { type ExitCode, TokenError } from '../core/error.ts'
import { escapeJson, escapeLine } from '../core/terminal.ts'
import type { World } from '../core/world.ts'
import { resolvePath } from '../io/path.ts'
import { listOf, textOf } from '../io/profile/selection.ts'
import { readAccountsFile } from '../sandbox/accounts.ts'
import type { BaseUrls } from '../sandbox/address.ts'
import { removeCertificateFile, writeCertificateFile } from '../sandbox/certificate-file.ts'
import type { Fault } from '../sandbox/fault.ts'
import { type Sandbox, startSandbox } from '../sandbox/server.ts'
import type { Accounts } from '../sandbox/twins.ts'

export async function sandbox(
  _names: readonly string[],
  flags: Flags,
  context: Context,
): Promise<ExitCode> {
  const { world, printer } = context
  const options = {
    port: readPort(textOf(flags.port) ?? '0'),
    host: textOf(flags.host) ?? '127.0.0.1',
    tls: flags.tls === true,
    baseUrls: readBaseUrls(listOf(flags.baseUrl)),
    clockOffset: readOffset(textOf(flags.clockOffset) ?? '0'),
    faults: readFaults(listOf(flags.fault)),
    accounts: await readAccounts(textOf(flags.accounts), world),
  }
  const running = await startSandbox({
    ...options,
    now: world.now,
    log: (line) => {
      if (!printer.view.quiet) void world.stderr.write(`${escapeLine(line)}\n`)
    },
  })
  let certificate: string | undefined
  try {
    // in JSON it stands in the line itself
    if (running.ca !== undefined && !printer.view.json) {
      certificate = writeCertificateFile(running.ca)
    }
    if (flags.accounts === undefined) await printer.note(NOBODY)
    await world.stdout.write(
      printer.view.json ? formatJson(running) : await formatText(running, certificate, context),
    )
    await printer.summarize(flags.untilEof === true ? 'Ctrl-D stops it' : 'Ctrl-C stops it')
    await (flags.untilEof === true ? world.stdin.ended() : waitForSignal(world.signal))
  } finally {
    await running.close()
    if (certificate !== undefined) removeCertificateFile(certificate)
  }
  // being told to stop is how it ends well
  return 0
}

const NOBODY =
  'nobody is registered, all are refused; --accounts FILE, with ' +
  'firstvision: [{ client_id: me, client_secret: pw, scopes: [cards] }]'

async function readAccounts(path: string | undefined, world: World): Promise<Accounts> {
  if (path === undefined) return {}
  return readAccountsFile(resolvePath({ path, folder: undefined }, world), path)
}

function waitForSignal(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done()
    else signal.addEventListener('abort', () => done(), { once: true })
  })
}

function formatJson({ services, ca }: Sandbox): string {
  return `${escapeJson(JSON.stringify({ services, ...(ca !== undefined && { ca }) }))}\n`
}

async function formatText(
  { services }: Sandbox,
  certificate: string | undefined,
  { world, printer }: Context,
): Promise<string> {
  const paint = await printer.paint('stdout')
  const rows = Object.entries(services).map(([name, address]) => [
    name,
    address.base_url,
    `token ${address.token_endpoint.slice(address.base_url.length)}`,
    ...(address.known_as ? [`known as ${address.known_as.join(' and ')}`] : []),
  ])
  if (certificate !== undefined)
    rows.push(['certificate', certificate, 'to trust: --cacert FILE, or ca: FILE under tls'])
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const table = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)))
  // each cell on its own line rather than lines that break anywhere
  const fits = table.every((row) => row.join('  ').trimEnd().length <= world.stdout.columns)
  const [shown, separator] =
    fits || !world.stdout.isTTY ? ([table, '  '] as const) : ([rows, '\n  '] as const)
  return shown
    .map(
      ([name = '', ...cells]) => `${[paint('strong', name), ...cells].join(separator).trimEnd()}\n`,
    )
    .join('')
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new TokenError('usage', '--port wants a number from 0 to 65535', {
    means: '0 takes any port that is free',
    fix: '--port 0',
  })
}

/** `60s`, `-60s`. */
function readOffset(text: string): number {
  const seconds = parseDuration(text.replace(/^[+-]/, ''))
  if (seconds !== undefined) return text.startsWith('-') ? -seconds : seconds
  throw new TokenError('usage', '--clock-offset wants a time like 60s, or -5m for a clock behind', {
    fix: '--clock-offset 60s',
  })
}

function readBaseUrls(texts: readonly string[]): BaseUrls {
  const urls = new Map<string, string[]>()
  for (const text of texts) {
    const [name, url] = splitPair(text, '--base-url', 'va-sis=https://staging-api.va.gov')
    urls.set(name, [...(urls.get(name) ?? []), url])
  }
  return Object.fromEntries(urls)
}

/** `va-map-sts=502`, `va-map-sts=502:0.1`. */
function readFaults(texts: readonly string[]): Record<string, Fault> {
  const example = 'va-map-sts=502:0.1'
  return Object.fromEntries(
    texts.map((text) => {
      const [name, fault] = splitPair(text, '--fault', example)
      const [, status, share = '1'] = /^([2-5]\d\d)(?::(\d*\.?\d+))?$/.exec(fault) ?? []
      const probability = Number(share)
      if (status === undefined || probability <= 0 || probability > 1) {
        throw new TokenError('usage', '--fault wants a status and a share of the requests', {
          fix: `--fault ${example}`,
        })
      }
      return [name, { status: Number(status), probability }]
    }),
  )
}

function splitPair(text: string, flag: string, example: string): [name: string, value: string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new TokenError('usage', `${flag} wants SERVICE=VALUE`, { fix: `${flag} ${example}` })
}
