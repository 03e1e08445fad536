// Why a thing cannot sign, in words, and the command that makes of it one that can. The commands
// write a new file beside the old one: ssh-keygen changes a key in place, and people need theirs.

import { type ErrorCode, TokenError } from '../error.ts'
import { quoteShell } from '../shell.ts'
import type { KeyIdentity, KeySort } from './pem.ts'

export interface KeyOrigin {
  /** for messages: "key_path ./keys/staging.pem" */
  readonly origin: string
  /** as commands should name it; without one, the key did not come from a file */
  readonly path?: string
}

interface Files {
  /** quoted for a shell */
  readonly from: string
  readonly to: string
  readonly between: string
  readonly bare: string
  /** what `to` and `between` are in a profile */
  readonly target: string
  readonly bundle: string
}

interface Advice {
  readonly code?: ErrorCode
  /** goes on after "is a …" */
  readonly but?: string
  readonly means?: string
  /** the name of the file to make of a text, for the commands to work on */
  readonly file?: string
  readonly commands?: (files: Files, identity: KeyIdentity) => string
  /** what to say in the profile then; the new file is the key otherwise */
  readonly target?: (files: Files) => string[]
  readonly fix?: string
}

const WANTS_PRIVATE = 'key_path: the file that begins with -----BEGIN PRIVATE KEY-----'

const ADVICE: Readonly<Partial<Record<KeySort, Advice>>> = {
  empty: {
    code: 'key_missing',
    fix: 'put a private key there: PEM, JWK or a service-account JSON',
  },
  spki: { but: 'signing needs the private one', fix: WANTS_PRIVATE },
  'pkcs1-public': { but: 'signing needs the private one', fix: WANTS_PRIVATE },
  'jwk-public': { but: 'signing needs the private one', fix: 'the JWK with its member d' },
  'ssh-public': {
    but: 'signing needs the private one',
    fix: 'key_path: the file of the same name without .pub',
  },
  certificate: {
    but: 'signing needs the private key that belongs to it',
    fix: 'key_path: the file of its private key; the certificate itself goes to certificate_path',
  },
  'trusted-certificate': {
    but: 'signing needs the private key that belongs to it',
    fix: 'key_path: the file of its private key; the certificate itself goes to certificate_path',
  },
  pkcs7: {
    but: 'signing needs the private key that belongs to them',
    fix: 'key_path: the file of the private key',
  },
  csr: {
    but: 'signing needs the private key it was made with',
    fix: 'key_path: the file of the private key (the -key or -keyout of the openssl req)',
  },
  parameters: { but: 'the key itself is missing', fix: WANTS_PRIVATE },
  'openssh-encrypted': { file: 'key', commands: unlockOpenssh },
  'openssh-token': {
    means: 'its private half never leaves the device, which signs for ssh only',
    fix: 'tokentool key generate key.pem',
  },
  putty: {
    file: 'key.ppk',
    // of an Ed25519 key, puttygen would write what only ssh can unlock
    commands: ({ from, to }, { ed25519, locked }) =>
      `puttygen ${from} -O private-openssh -o ${to}` +
      (ed25519 && locked ? ' --new-passphrase /dev/null' : ''),
  },
  jks: {
    file: 'key.jks',
    target: ({ bundle }) => [`key_path: ${bundle}`, 'passphrase: ${env:KEY_PASSPHRASE}'],
    commands: ({ from, between }) =>
      `keytool -importkeystore -srckeystore ${from} -destkeystore ${between} ` +
      '-deststoretype pkcs12',
  },
  pgp: { fix: 'tokentool key generate key.pem' },
  jwt: { fix: 'key_path: the private key that signs such tokens' },
  jwe: { fix: 'decrypt it first; the key inside is what is needed' },
  path: {
    means: 'key holds the text of a key, key_path the place of a file',
    fix: 'rename the field: key_path instead of key',
  },
  html: {
    means: 'a download that answered with a sign-in or error page leaves such a file',
    fix: 'fetch the key again',
  },
  text: { fix: WANTS_PRIVATE },
  binary: { fix: WANTS_PRIVATE },
  'pem-other': { fix: WANTS_PRIVATE },
  'pem-map': {
    but: 'signing needs the private key that belongs to one of them',
    fix: WANTS_PRIVATE,
  },
  json: { fix: 'a private JWK, a JWKS, or a service-account JSON with its private_key' },
  'cut-off': {
    means: 'it was not copied whole; of several lines, a .env file keeps only the first',
    fix: 'copy it again, whole: PEM goes from its -----BEGIN line to its -----END line',
  },
  damaged: {
    means: 'something was changed in it on its way',
    fix: 'copy it again from where it came from, unedited',
  },
}

/** The error for what is no private key that can be read as it stands. */
export function refuseKey(identity: KeyIdentity, source: KeyOrigin): TokenError {
  const { sort, name, flaw } = identity
  const advised = ADVICE[sort] ?? {}
  const { code = 'key_unusable', but, means, file = 'key', commands, target, fix } = advised
  const { origin } = source
  const message =
    sort === 'cut-off'
      ? `${origin} is ${name} that is cut off: ${flaw}`
      : sort === 'damaged'
        ? `${origin} is ${name} that is damaged: ${flaw}`
        : `${origin} is ${name}${but === undefined ? '' : `; ${but}`}`
  const advice =
    commands === undefined
      ? fix
      : adviseCommand(source, file, (files) => commands(files, identity), target)
  return new TokenError(code, message, {
    ...(means === undefined ? {} : { means }),
    ...(advice === undefined ? {} : { fix: advice }),
  })
}

/** ssh-keygen answers "saved" for an Ed25519 key and leaves its format as it was. */
function unlockOpenssh({ from, to, bare }: Files, { ed25519 }: KeyIdentity): string {
  return ed25519 === true
    ? `cp ${from} ${bare} && ssh-keygen -p -N '' -f ${bare} && ` +
        `tokentool key convert ${bare} --out ${to} && rm ${bare}`
    : `cp ${from} ${to} && ssh-keygen -p -m PKCS8 -f ${to}`
}

/** A scheme too old for today's OpenSSL; its command line still reads it. */
export function refuseLegacy(identity: KeyIdentity, source: KeyOrigin): TokenError {
  return new TokenError('key_unusable', `${source.origin} is ${identity.name} of an old scheme`, {
    means: 'it is encrypted with DES, RC2 or RC4, which OpenSSL 3 no longer reads by itself',
    fix: adviseCommand(
      source,
      'key.pem',
      ({ from, to }) =>
        `openssl pkcs8 -topk8 -provider legacy -provider default -in ${from} -out ${to}`,
    ),
  })
}

/** The keys of a PKCS#12 may be locked by such a scheme as well. */
export function refuseLegacyBag(source: KeyOrigin, scheme: string): TokenError {
  return new TokenError('key_unusable', `${source.origin} holds a key of an old scheme`, {
    means: `it is encrypted with ${scheme}, which OpenSSL 3 no longer reads by itself`,
    fix: adviseCommand(
      source,
      'key.p12',
      ({ from, to }) => `openssl pkcs12 -legacy -in ${from} -nocerts -nodes -out ${to}`,
    ),
  })
}

/** The command on the user's own file, and the field to set then. */
function adviseCommand(
  source: KeyOrigin,
  file: string,
  command: (files: Files) => string,
  setting = ({ target }: Files): string[] => [`key_path: ${target}`],
): string[] {
  const files = nameFiles(source.path ?? file)
  const save = source.path === undefined ? [`save it as a file, ${file}`] : []
  return [...save, command(files), ...setting(files)]
}

function nameFiles(path: string): Files {
  const stem = path.replace(/\.(pem|key|ppk|p12|pfx|jks|keystore|der|p8|txt)$/i, '')
  const target = `${stem}.pkcs8.pem`
  const bundle = `${stem}.converted.p12`
  return {
    from: quotePath(path),
    to: quotePath(target),
    between: quotePath(bundle),
    bare: quotePath(`${stem}.open`),
    target,
    bundle,
  }
}

/** One word for a shell, that no command takes for an option. */
export function quotePath(path: string): string {
  const safe = path.startsWith('-') ? `./${path}` : path
  // a quoted ~ would no longer be home
  const home = safe.startsWith('~/') ? '~/' : ''
  return home + quoteShell(safe.slice(home.length))
}
