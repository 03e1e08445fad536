// A token as what was asked for: itself, a header, variables, JSON. The caller writes it to stdout.
// Only -o github is apart (form/github.ts): its answer goes to more than one place.

import type { TokenSet } from '../call/token.ts'
import { TokenError } from '../error.ts'
import { escapeJson } from '../terminal.ts'
import { type ExecVersion, writeExecCredential } from './form/exec-credential.ts'
import { onOneLine, writeJson } from './form/json.ts'
import { requirePlainToken, requirePlainUse } from './form/plain.ts'
import { writeDotenv, writeEnv, writeGitlab } from './form/variables.ts'
import type { Form } from './form-names.ts'
import type { Shell } from './shell-names.ts'

export interface Occasion {
  /** milliseconds */
  readonly now: number
  readonly sandbox: boolean
  /** the one variable, where the form is of variables */
  readonly name?: string | undefined
  readonly shell?: Shell
  readonly execVersion?: ExecVersion
}

export type TextForm = Exclude<Form, 'github'>

const WRITERS: Readonly<Record<TextForm, (set: TokenSet, occasion: Occasion) => string>> = {
  token: requirePlainToken,
  header: writeHeader,
  json: (set, occasion) => escapeJson(writeJson(set, occasion)),
  env: (set, { name, shell = 'sh' }) => writeEnv(set, name, shell),
  dotenv: (set, { name }) => writeDotenv(set, name),
  gitlab: (set, { name }) => writeGitlab(set, name),
  'exec-credential': (set, { execVersion = 'client.authentication.k8s.io/v1' }) =>
    writeExecCredential(set, execVersion),
  claims: (set) => {
    if (set.claimsText !== undefined) return escapeJson(onOneLine(set.claimsText))
    throw new TokenError('answer_unusable', `the token of ${set.profile} has no claims to read`, {
      means: 'it is opaque: only the service that issued it can tell what it means',
      fix: '--json   (what the service says of it)',
      profile: set.profile,
    })
  },
}

export function formatToken(set: TokenSet, form: TextForm, occasion: Occasion): string {
  return `${WRITERS[form](set, occasion)}\n`
}

function writeHeader(set: TokenSet): string {
  const { header } = set.use
  // RFC 9110 5.6.2
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(header)) return `${header}: ${requirePlainUse(set)}`
  throw new TokenError('field_invalid', `${set.profile}: use.header is no name for a header`, {
    means: 'it is letters, digits and -: Authorization, X-Api-Key',
    fix: 'use: { header: Authorization }',
    profile: set.profile,
  })
}
