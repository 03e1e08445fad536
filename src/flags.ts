// Every flag, by theme. A command names the themes it obeys (verbs.ts); the parser makes options of
// them (cli.ts).

import { ASSERTION_FORMS, FORMS } from './core/answer/form-names.ts'
import { SHELLS } from './core/answer/shell-names.ts'
import { SEVERITIES } from './core/jwt/finding/finding.ts'

export interface Flag {
  /** as the parser and the help write it: `-p, --profile <name>` */
  readonly flags: string
  readonly help: string
  /** may be given more than once: its values, or how often */
  readonly repeats?: 'values' | 'times'
  readonly choices?: readonly string[]
  readonly default?: string
  /** works, and is not in the help */
  readonly hidden?: boolean
}

export const CONFIG: readonly Flag[] = [
  {
    flags: '-c, --config <file>',
    help: 'the profile file; repeats (TOKENTOOL_CONFIG)',
    repeats: 'values',
  },
]

const PROFILE: Flag = { flags: '-p, --profile <name>', help: 'the profile (TOKENTOOL_PROFILE)' }
const ENVIRONMENT: Flag = {
  flags: '-e, --environment <name>',
  help: 'the environment, for the whole chain (TOKENTOOL_ENVIRONMENT)',
}

/** The profile alone, where a command only looks at it. */
export const PROFILE_ONLY: readonly Flag[] = [PROFILE, ENVIRONMENT]

export const WHICH: readonly Flag[] = [
  PROFILE,
  { flags: '--provider <name>', help: 'a provider in the place of a profile; -s says the rest' },
  ENVIRONMENT,
  {
    flags: '-s, --set <path=value>',
    help: 'override a value; path:=json, path=@file, path=@-; repeats',
    repeats: 'values',
  },
  { flags: '--scope <scope>', help: "replaces the profile's scopes; repeats", repeats: 'values' },
  {
    flags: '--then <name>',
    help: 'go on with this token to that profile or provider; repeats',
    repeats: 'values',
  },
]

export const FORM: readonly Flag[] = [
  { flags: '-o, --output <form>', help: 'what to print', choices: FORMS },
  { flags: '--json', help: 'the same as -o json; errors are JSON as well' },
]

export const JSON_FORM: readonly Flag[] = [
  { flags: '--json', help: 'print JSON; errors are JSON as well' },
]

export const TRANSPORT: readonly Flag[] = [
  { flags: '--timeout <time>', help: 'limit for each call: 30s' },
  { flags: '--proxy <url>', help: 'the proxy, instead of the variables' },
  { flags: '--cacert <file>', help: 'certificates to trust as well (a single call)' },
  { flags: '--insecure', help: 'do not verify the server (a single call)' },
]

/** What is done with the token that has been got. */
export const GETTING: readonly Flag[] = [
  {
    flags: '--name <variable>',
    help: 'env, dotenv, github, gitlab: API_TOKEN in the place of ACCESS_TOKEN',
  },
  { flags: '--shell <shell>', help: 'env: whose words ($SHELL)', choices: SHELLS },
  { flags: '--field <path>', help: 'one member of the JSON: expires_at, extra.id_token' },
  { flags: '--out <file>', help: 'into a file that only you can read, whole or not at all' },
]

/** What of it an assertion can be. */
export const MINTED_FORM: readonly Flag[] = [
  { flags: '-o, --output <form>', help: 'what to print', choices: ASSERTION_FORMS },
  { flags: '--json', help: 'the same as -o json; errors are JSON as well' },
]

export const EXECUTING: readonly Flag[] = [
  {
    flags: '--token-file <variable>',
    help: 'the path of a file with the token, kept fresh while the command runs',
  },
  { flags: '--json', help: 'errors are JSON; what the command prints stays as it is' },
]

export const CACHING: readonly Flag[] = [
  { flags: '--min-ttl <time>', help: 'the token must be good for this long: 5m' },
  { flags: '--force-new', help: 'fetch all anew, and keep it' },
  { flags: '--no-cache', help: 'neither read nor keep (TOKENTOOL_NO_CACHE)' },
]

export const REVOKING: readonly Flag[] = [{ flags: '--all', help: 'every file' }]

export const EMPTYING: readonly Flag[] = [
  { flags: '--expired', help: 'what is over' },
  { flags: '--all', help: 'everything' },
]

export const SHOWING: readonly Flag[] = [
  { flags: '-n, --dry-run', help: 'build and sign, print the request, send nothing' },
  { flags: '--curl', help: 'the same as a curl command that runs' },
]

export const SENDING: readonly Flag[] = [
  { flags: '--retries <n>', help: 'how often a call that is safe to repeat is tried again: 2' },
  ...TRANSPORT,
]

export const SANDBOXED: readonly Flag[] = [
  { flags: '--sandbox', help: 'against a twin of the service, on this machine' },
]

export const TALKING: readonly Flag[] = [
  { flags: '-v, --verbose', help: 'say more; -vv more still (redacted)', repeats: 'times' },
  { flags: '-q, --quiet', help: 'only errors' },
  { flags: '--show-secrets', help: 'print secrets in traces; only to a terminal' },
  { flags: '--no-color', help: 'no colour (NO_COLOR, FORCE_COLOR)' },
  { flags: '--no-input', help: 'never ask' },
]

export const STARTING: readonly Flag[] = [
  { flags: '--provider <name>', help: 'the service' },
  { flags: '-e, --environment <name>', help: 'its environment' },
]

export const EXAMINING: readonly Flag[] = [
  { flags: '--offline', help: 'look at this machine only' },
  { flags: '--no-secrets', help: 'do not look at keys and secrets' },
]

const AT: Flag = {
  flags: '--at <time>',
  help: 'judge as of this time: 2026-11-21T12:00:00Z, epoch seconds, or +1h',
}
const KEY = '--key <source>'
const PASSPHRASE: Flag = {
  flags: '--passphrase <source>',
  help: 'of the key: env:NAME, a file, or - for standard input',
}

export const DECODING: readonly Flag[] = [
  { flags: '--field <name>', help: 'which token of a JSON answer: id_token' },
  { flags: '--all', help: 'every token in the input' },
  { flags: '--claim <name>', help: 'one claim, raw, for scripts' },
  { flags: '--header', help: 'the header alone' },
  { flags: '--payload', help: 'the payload alone' },
  { flags: '--raw', help: 'with --header or --payload: the bytes as they stand' },
  { flags: '--tz <zone>', help: 'times in UTC, local, +02:00 or Europe/Berlin', default: 'UTC' },
  { flags: KEY, help: 'decrypts a JWE: a file, env:NAME, or -' },
  PASSPHRASE,
  AT,
  { flags: '--check-exp', help: 'exit 7 unless it is good now' },
  {
    flags: '--fail-on <severity>',
    help: 'exit 7 when a finding is as bad as this',
    choices: SEVERITIES,
  },
]

export const VERIFYING: readonly Flag[] = [
  { flags: KEY, help: 'a key, certificate or JWKS: a file, an https URL, env:NAME, or -' },
  PASSPHRASE,
  { flags: '--issuer <url>', help: 'the keys this issuer publishes (discovery); also --iss' },
  { flags: '--secret <source>', help: 'an HMAC secret: a file, env:NAME, or -' },
  {
    flags: '--secret-encoding <name>',
    help: 'how the secret is written',
    choices: ['text', 'hex', 'base64', 'base64url'],
    default: 'text',
  },
  { flags: '--embedded-key', help: 'use the key the token brings along: anyone can make one' },
  { flags: '--kid <id>', help: 'the key with this id, whatever the token says' },
  { flags: '--iss <issuer>', help: 'the issuer it must name' },
  { flags: '--any-issuer', help: 'the issuer does not matter' },
  {
    flags: '--aud <audience>',
    help: 'an audience it must name; repeats: any of them',
    repeats: 'values',
  },
  { flags: '--any-audience', help: 'the audience does not matter' },
  { flags: '--sub <subject>', help: 'the subject it must name' },
  { flags: '--typ <type>', help: 'the typ its header must have: at+jwt' },
  {
    flags: '--alg <name>',
    help: 'the algorithm it must have; repeats: any of them',
    repeats: 'values',
  },
  {
    flags: '--require <claims>',
    help: 'claims that must be there: exp,jti; repeats',
    repeats: 'values',
  },
  {
    flags: '--expect <claim=value>',
    help: 'a claim and its value; claim:=json; repeats',
    repeats: 'values',
  },
  { flags: '--leeway <time>', help: 'how far clocks may differ', default: '0s' },
  { flags: '--max-age <time>', help: 'how long ago it may have been issued' },
  AT,
  { flags: '--signature-only', help: 'the signature and nothing else, whatever the payload is' },
  { flags: '--allow-padding', help: 'accept = at the end of its parts (AWS load balancers)' },
  { flags: '--detached-payload <file>', help: 'the payload of a token that was sent without it' },
  { flags: '--field <name>', help: 'which token of a JSON answer: id_token' },
  { flags: '--no-cache', help: 'fetch published keys anew' },
]

export const EXPLAINING: readonly Flag[] = [
  { flags: '--provider <name>', help: 'the service that said it' },
  { flags: '--list', help: 'the whole catalogue' },
]

const KINDS = ['rsa-2048', 'rsa-3072', 'rsa-4096', 'p-256', 'p-384', 'p-521', 'ed25519']

export const GENERATING: readonly Flag[] = [
  { flags: '--type <kind>', help: 'what to make', choices: KINDS, default: 'rsa-2048' },
  { flags: '--format <form>', help: 'how to write it', choices: ['pem', 'jwk'], default: 'pem' },
  { flags: '--kid <id>', help: 'kid of the JWK; its RFC 7638 thumbprint otherwise' },
  {
    flags: '--passphrase <source>',
    help: 'encrypt it: env:NAME, a file, or - for standard input',
  },
  { flags: '--csr <file>', help: 'write a certificate signing request as well' },
  {
    flags: '--certificate <file>',
    help: 'write a self-signed certificate as well, for this machine',
  },
  { flags: '--subject <name>', help: 'of the request or certificate: /CN=chatbot/O=Example' },
  { flags: '--host <name>', help: 'a host name or address it is for; repeats', repeats: 'values' },
  { flags: '--days <n>', help: 'how long the certificate holds: 365 unless told' },
]

export const INSPECTING: readonly Flag[] = [PASSPHRASE]

export const CONVERTING: readonly Flag[] = [
  {
    flags: '--to <form>',
    help: 'what to make of it',
    choices: ['pem', 'jwk', 'jwks', 'public', 'public-jwk', 'public-jwks', 'certificate'],
    default: 'pem',
  },
  {
    flags: '--out <file>',
    help: 'where to; a private key is written 0600, and never over another',
  },
  PASSPHRASE,
  { flags: '--new-passphrase <source>', help: 'encrypt the result (pem)' },
  {
    flags: '--kid <id>',
    help: 'kid of the JWK; which key of several, by kid, alias or thumbprint',
  },
]

export const SERVING: readonly Flag[] = [
  { flags: '--accounts <file>', help: 'who may come in (YAML)' },
  { flags: '--port <n>', help: 'the port; 0 takes any', default: '0' },
  { flags: '--host <host>', help: 'the address to listen on', default: '127.0.0.1' },
  { flags: '--tls', help: 'https, with a certificate made for the occasion' },
  {
    flags: '--base-url <service=url>',
    help: 'the address a twin believes it has; repeats',
    repeats: 'values',
  },
  { flags: '--until-eof', help: 'stop when standard input closes' },
  { flags: '--clock-offset <time>', help: '', hidden: true },
  { flags: '--fault <service=status:share>', help: '', repeats: 'values', hidden: true },
]
