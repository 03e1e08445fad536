// Every command, on one page: its name, what it does, the flags it obeys. A command is loaded when it
// is run, not before.

import type { Run } from './cli.ts'
import {
  CONFIG,
  CONVERTING,
  DECODING,
  EXAMINING,
  EXPLAINING,
  type Flag,
  FORM,
  GENERATING,
  INSPECTING,
  JSON_FORM,
  PROFILE_ONLY,
  SANDBOXED,
  SENDING,
  SERVING,
  STARTING,
  TRANSPORT,
  VERIFYING,
  WHICH,
} from './flags.ts'

export interface Verb {
  /** with its arguments; of two words, the first is a group */
  readonly name: string
  readonly summary: string
  readonly flags: readonly (readonly Flag[])[]
  readonly load: () => Promise<Run>
}

/** What the verbs of two words are about. */
export const GROUPS: Readonly<Record<string, string>> = {
  profile: 'the profiles of the file',
  key: 'keys: make, look at, convert, compare',
}

export const VERBS: readonly Verb[] = [
  {
    name: 'get [profile]',
    summary: 'print a token',
    flags: [WHICH, CONFIG, FORM, SENDING, SANDBOXED],
    load: async () => (await import('./commands/get.ts')).get,
  },
  {
    name: 'mint [profile]',
    summary: 'print the signed assertion; send nothing',
    flags: [WHICH, CONFIG, FORM, SANDBOXED],
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
]
