// A request as a curl command that runs. Secrets are shell variables and reach curl by its standard
// input: what stands in an argument can be read by everyone on the machine.

import { Hidden } from '../secret/hidden.ts'
import { quoteShell } from '../shell.ts'
import { CURL_STRING, SHELL_FUNCTIONS } from '../template/encoding.ts'
import type { Text } from '../template/value.ts'
import type { PreparedCall } from './call.ts'
import type { RequestPlan } from './request.ts'
import type { Transport } from './wire.ts'

type Setting = readonly [name: string, value?: Text]

export function writeCurl(
  prepared: PreparedCall,
  plan: RequestPlan,
  transport: Transport,
  mint: string,
  /** what prints an assertion that is not signed here, by the variable that it goes into */
  printers: ReadonlyMap<string, string> = new Map(),
): string {
  const settings: Setting[] = [
    ['url', plan.url],
    // braces and brackets in a URL mean themselves
    ['globoff'],
    ['request', plan.method],
    ...plan.headers.map(([name, value]) => ['header', writeHeader(name, value)] as const),
    ...listBody(plan),
    ['max-time', `${transport.timeout / 1000}`],
    ...listTls(prepared, transport),
  ]
  const lines = settings.map(([name, value]) =>
    value === undefined ? name : `${name} = "${quote(value)}"`,
  )
  const variables = settings.flatMap(([, value]) =>
    value instanceof Hidden ? value.variables() : [],
  )
  const checks = [...new Set(variables)].map(
    (name) => `: "\${${name}:?${advise(name, prepared, printers.get(name) ?? mint)}}" &&`,
  )
  const functions = Object.entries(SHELL_FUNCTIONS).flatMap(([name, text]) =>
    lines.some((line) => line.includes(` | ${name})`)) ? [text] : [],
  )
  // in one command with the checks: an interactive shell would go on after one that failed
  const command = [...checks, 'curl --silent --show-error --config - <<EOF']
  return [...functions, ...command, ...lines, 'EOF', ''].join('\n')
}

/** How to come by a variable: the shell prints it where the variable is not set. */
function advise(name: string, { via }: PreparedCall, mint: string): string {
  const source = /^(CLIENT_)?ASSERTION(_\d+)?$/.test(name)
    ? mint
    : via?.token.variables().includes(name)
      ? `tokentool get ${quoteShell(via.profile)}`
      : undefined
  // shells do not agree on quotes in there, so a name that needs them is not told
  const plain = source !== undefined && /^[\w@%+=:,./ …-]+$/.test(source)
  return plain ? `set it to what this prints: ${source}` : 'it is not set'
}

// curl leaves out a header whose value is empty, unless it ends so.
function writeHeader(name: string, value: Text): Text {
  return value === '' ? `${name};` : Hidden.join([`${name}: `, value])
}

function listBody({ method, headers, body }: RequestPlan): Setting[] {
  if (body === undefined) {
    return method === 'GET' || method === 'HEAD' ? [] : [['header', 'Content-Length: 0']]
  }
  const typed = headers.some(([name]) => name.toLowerCase() === 'content-type')
  // by itself curl says that all it sends is a form
  return [...(typed ? [] : [['header', 'Content-Type:'] as const]), ['data-raw', body]]
}

function listTls({ values }: PreparedCall, { tls, proxy }: Transport): Setting[] {
  const hide = (text: string, name: string): Text => values.secrets.hide(text, name, 'secret')
  const settings: [name: string, value: Text | undefined][] = [
    ['cacert', tls.ca],
    ['cert', tls.cert ?? tls.pfx],
    ['cert-type', tls.pfx === undefined ? undefined : 'P12'],
    ['key', tls.key],
    ['pass', tls.passphrase && hide(tls.passphrase, 'tls_passphrase')],
    ['pinnedpubkey', tls.pin],
    ['proxy', proxy?.includes('@') ? hide(proxy, 'proxy') : proxy],
  ]
  return [
    ...settings.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
    ...(tls.insecure ? [['insecure'] as const] : []),
  ]
}

/** Inside the quotes of a curl configuration, that stands in an unquoted here-document. */
function quote(text: Text): string {
  return typeof text === 'string'
    ? escapeHere(CURL_STRING.apply(text))
    : text.encode(CURL_STRING).toShell(escapeHere)
}

function escapeHere(text: string): string {
  return text.replace(/[$`\\]/g, '\\$&')
}
