// `-n` and `--curl`: the request instead of the call. Every hop is shown; the token of an earlier one is
// stood in for.

import type { Flags } from '../cli.ts'
import { isTaken } from '../core/call/assertion.ts'
import type { PreparedCall } from '../core/call/call.ts'
import { writeCurl } from '../core/call/curl.ts'
import { printSource, tellSource } from '../core/call/outside.ts'
import { showRequest } from '../core/call/request.ts'
import type { Tools } from '../core/call/tools.ts'
import { readTransport } from '../core/call/transport.ts'
import { TokenError } from '../core/error.ts'
import { quoteShell } from '../core/shell.ts'
import { escapeJson } from '../core/terminal.ts'
import { listOf } from '../io/profile/selection.ts'

export function formatRequests(calls: readonly PreparedCall[], flags: Flags, tools: Tools): string {
  if (flags.curl === true) {
    const alone = calls.length === 1
    return calls.map((call) => formatCurl(call, flags, tools, alone)).join('\n')
  }
  const shown = calls.map(describe)
  const [last] = shown.slice(-1)
  if (flags.json === true || flags.output === 'json') {
    return `${escapeJson(JSON.stringify({ ...last, via: shown.slice(0, -1) }))}\n`
  }
  return shown.map(formatText).join('\n')
}

function describe({ values, plan, minted, minting }: PreparedCall): {
  profile: string
  method: string | null
  url: string | null
  headers: Record<string, string>
  body: string | null
  claims: unknown
  assertion_from?: string
} {
  const request = plan && showRequest(plan)
  const taken = minting.find(isTaken)
  return {
    profile: values.profile.name,
    method: request?.method ?? null,
    url: request?.url ?? null,
    headers: Object.fromEntries(request?.headers ?? []),
    body: request?.body ?? null,
    claims: minted?.claims ?? null,
    ...(taken && { assertion_from: tellSource(taken.source) }),
  }
}

function formatText({
  profile,
  method,
  url,
  headers,
  body,
  claims,
  assertion_from: from,
}: ReturnType<typeof describe>): string {
  const head =
    method === null
      ? [`# ${profile}: nothing is sent, the assertion is the token`]
      : [`# ${profile}`, `${method} ${url}`]
  const lines = [
    ...head,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === null ? [] : ['', body]),
    ...(claims === null
      ? []
      : [
          '',
          `# claims of the assertion${from === undefined ? '' : `, which comes from ${from}`}`,
          JSON.stringify(claims, undefined, 2),
        ]),
  ]
  return `${lines.join('\n')}\n`
}

function formatCurl(call: PreparedCall, flags: Flags, tools: Tools, alone: boolean): string {
  const { values, plan } = call
  const { name, entry, providerName } = values.profile
  if (plan === undefined) {
    throw new TokenError('usage', `${name}: there is no call, the assertion is the token`, {
      fix: `tokentool mint ${quoteShell(name)}`,
    })
  }
  const words = [
    ...(entry ? [name] : ['--provider', providerName]),
    ...listOf(flags.config).flatMap((file) => ['-c', file]),
    ...(typeof flags.environment === 'string' ? ['-e', flags.environment] : []),
    // in a chain they may be another profile's
    ...(alone ? listOf(flags.set) : []).flatMap((text) => ['-s', text]),
    ...(alone ? listOf(flags.scope) : []).flatMap((scope) => ['--scope', scope]),
  ]
  const mint = `tokentool mint ${words.map(quoteShell).join(' ')}`
  const printers = call.minting
    .filter(isTaken)
    .flatMap(({ jwt, source }) =>
      jwt.variables().map((variable) => [variable, printSource(source, tools)] as const),
    )
  return writeCurl(call, plan, readTransport(values, tools), mint, new Map(printers))
}
