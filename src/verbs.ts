// Every command, on one page: its name, what it does, the flags it obeys. A command is loaded when it
// is run, not before.

import type { Run } from './cli.ts'
import {
  CACHING,
  CONFIG,
  CONVERTING,
  DECODING,
  EMPTYING,
  EXAMINING,
  EXECUTING,
  EXPLAINING,
  type Flag,
  FORM,
  GENERATING,
  GETTING,
  INSPECTING,
  JSON_FORM,
  MINTED_FORM,
  PROFILE_ONLY,
  REVOKING,
  SANDBOXED,
  SENDING,
  SERVING,
  SHOWING,
  STARTING,
  TALKING,
  TRANSPORT,
  VERIFYING,
  WHICH,
} from './flags.ts'

export interface Verb {
  /** with its arguments; of two words, the first is a group */
  readonly name: string
  readonly summary: string
  /** where the name does not show how it is written */
  readonly usage?: string
  readonly flags: readonly (readonly Flag[])[]
  /** what follows the first `--` is another command's, and is never read here */
  readonly runs?: boolean
  readonly load: () => Promise<Run>
}

/** What the verbs of two words are about. */
export const GROUPS: Readonly<Record<string, string>> = {
  profile: 'the profiles of the file',
  key: 'keys: make, look at, convert, compare',
  cache: 'the tokens that are kept for the next time',
}

export const VERBS: readonly Verb[] = [
  {
    name: 'get [profile]',
    summary: 'print a token',
    flags: [WHICH, CONFIG, FORM, GETTING, CACHING, SHOWING, SENDING, SANDBOXED],
    load: async () => (await import('./commands/get.ts')).get,
  },
  {
    name: 'exec [profiles...]',
    summary: 'run a command with tokens in its environment: exec staging -- ./deploy.sh',
    usage: '[options] [[VARIABLE=]profile...] -- <command...>',
    flags: [WHICH, CONFIG, EXECUTING, CACHING, SENDING, SANDBOXED],
    runs: true,
    load: async () => (await import('./commands/exec.ts')).exec,
  },
  {
    name: 'mint [profile]',
    summary: 'print the signed assertion; send nothing',
    flags: [WHICH, CONFIG, MINTED_FORM, SANDBOXED],
    load: async () => (await import('./commands/mint.ts')).mint,
  },
  {
    name: 'decode [token...]',
    summary: 'header, claims, times and findings; never needs a key',
    flags: [JSON_FORM, DECODING],
    load: async () => (await import('./commands/decode/decode.ts')).decode,
  },
  {
    name: 'verify [token...]',
    summary: 'signature and claims, each with its own verdict',
    flags: [JSON_FORM, PROFILE_ONLY, CONFIG, VERIFYING, TRANSPORT],
    load: async () => (await import('./commands/verify/verify.ts')).verify,
  },
  {
    name: 'explain [text...]',
    summary: 'what an error answer means, why, and the fix',
    flags: [JSON_FORM, PROFILE_ONLY, CONFIG, EXPLAINING],
    load: async () => (await import('./commands/explain/explain.ts')).explain,
  },
  {
    name: 'init',
    summary: 'write a first tokentool.yaml',
    flags: [CONFIG, STARTING],
    load: async () => (await import('./commands/init.ts')).init,
  },
  {
    name: 'doctor [profile]',
    summary: 'what is wrong with a profile, before anything is sent',
    flags: [WHICH, CONFIG, JSON_FORM, EXAMINING],
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'profile list',
    summary: 'the profiles, and where they come from',
    flags: [CONFIG, JSON_FORM],
    load: async () => (await import('./commands/profile.ts')).listProfiles,
  },
  {
    name: 'profile show [profile]',
    summary: 'every value of a profile, and where it comes from',
    flags: [WHICH, CONFIG, JSON_FORM],
    load: async () => (await import('./commands/profile.ts')).showProfile,
  },
  {
    name: 'profile schema',
    summary: 'the JSON Schema of the profile file',
    flags: [],
    load: async () => (await import('./commands/profile.ts')).printSchema,
  },
  {
    name: 'key generate [file]',
    summary: 'a new private key, for its owner alone; never over another',
    flags: [JSON_FORM, GENERATING],
    load: async () => (await import('./commands/key/generate.ts')).generateKey,
  },
  {
    name: 'key inspect [source]',
    summary: 'what a key or certificate is, and what it is not fit for',
    flags: [JSON_FORM, INSPECTING],
    load: async () => (await import('./commands/key/inspect.ts')).inspectKey,
  },
  {
    name: 'key convert [source]',
    summary: 'the same key as PEM, JWK or JWKS, or its public half',
    flags: [CONVERTING],
    load: async () => (await import('./commands/key/convert.ts')).convertKey,
  },
  {
    name: 'key match [key] [other]',
    summary: 'does this key belong to that certificate, JWKS, token or profile?',
    flags: [JSON_FORM, PROFILE_ONLY, CONFIG, INSPECTING],
    load: async () => (await import('./commands/key/match.ts')).matchKey,
  },
  {
    name: 'cache list',
    summary: 'what is kept: profile, scopes, expiry; never the token',
    flags: [JSON_FORM],
    load: async () => (await import('./commands/cache.ts')).listCache,
  },
  {
    name: 'cache clear [profile]',
    summary: 'forget tokens: those of a profile, --expired or --all',
    flags: [JSON_FORM, PROFILE_ONLY, CONFIG, EMPTYING],
    load: async () => (await import('./commands/cache.ts')).clearCache,
  },
  {
    name: 'sandbox',
    summary: 'serve twins of the services on this machine',
    flags: [JSON_FORM, SERVING],
    load: async () => (await import('./commands/sandbox.ts')).sandbox,
  },
  {
    name: 'trust [file]',
    summary: 'allow a project file what it wants to use, after showing it',
    flags: [JSON_FORM],
    load: async () => (await import('./commands/trust.ts')).trust,
  },
  {
    name: 'trust list',
    summary: 'what has been allowed, and to which files',
    flags: [JSON_FORM],
    load: async () => (await import('./commands/trust-list.ts')).listTrust,
  },
  {
    name: 'trust revoke [file]',
    summary: 'forget what a file was allowed; --all: of every file',
    flags: [JSON_FORM, REVOKING],
    load: async () => (await import('./commands/trust-revoke.ts')).revokeTrust,
  },
  {
    name: 'completion [shell]',
    summary: 'a script that completes commands and profile names: bash, zsh, fish, powershell',
    flags: [],
    runs: true,
    load: async () => {
      const { createCompletion } = await import('./commands/completion/completion.ts')
      return createCompletion({ verbs: VERBS, groups: GROUPS, everywhere: TALKING })
    },
  },
]
