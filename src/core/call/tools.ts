// What a call needs done in the world: io/ makes these, core decides when.

import type { Profile } from '../profile/profile.ts'
import type { Secrets } from '../secret/secrets.ts'
import type { Answer, Request, Transport } from './wire.ts'

export interface SigningKey {
  readonly description: string
  readonly algorithms: readonly string[]
  readonly id: string | undefined
  readonly issuer: string | undefined
  readonly token_uri: string | undefined
  readonly publicPem: string | undefined
  /** there is no such key: it only tells one key from another */
  readonly standsIn?: boolean
  thumbprint(): string
  spkiSha256(): string
}

export interface Certificate {
  readonly x5t: string
  readonly x5tS256: string
  readonly chain: readonly string[]
  readonly publicPem: string
  readonly notAfter: number
}

/** A key as a profile gives it: one of path and text. */
export interface KeySpec {
  readonly path?: string
  readonly text?: string
  /** a JWK written into the profile */
  readonly jwk?: unknown
  /** who signs with a key that we never see */
  readonly signer?: Signer
  readonly passphrase?: string
  readonly keyId?: string
  /** that it will sign with, as far as that is known beforehand */
  readonly algorithm?: string
  /** an HMAC secret, whatever its text looks like */
  readonly shared?: boolean
  /** "key_path ./k.pem", for messages */
  readonly origin: string
}

/** Words as they are run, with no shell between, and the folder they run in; undefined: the working folder. */
export interface Command {
  readonly words: readonly string[]
  readonly folder: string | undefined
}

export interface Signer extends Command {
  /** where the public half of its key is: all that it signs is checked against that */
  readonly publicKey: string
}

/** Where an assertion is kept fresh by someone else. */
export type AssertionSource =
  | { readonly file: WrittenPath }
  | { readonly env: string }
  | { readonly command: Command }

/** A path as written and the folder it is relative to; undefined: the working folder. */
export interface WrittenPath {
  readonly path: string
  readonly folder: string | undefined
}

export interface Tools {
  readonly secrets: Secrets
  readonly env: Readonly<Record<string, string | undefined>>
  /** milliseconds */
  now(): number
  /** when this run began, and for how many milliseconds it has waited for another one */
  readonly began: number
  readonly waited: number
  uuid(): string
  resolvePath(path: WrittenPath): string
  /** a `${file:}`: drops one final newline, picks a member behind `#` */
  readSecretFile(path: WrittenPath): string
  /** What it prints, without one final newline; each is run once however often it is asked for. */
  runCommand(words: readonly string[], folder: string | undefined): string
  /** Read anew every time. */
  readAssertion(source: AssertionSource): string
  loadKey(spec: KeySpec): SigningKey
  readCertificate(path: string): Certificate
  sign(
    header: object,
    claims: object,
    key: SigningKey,
    options: { allowWeakKey: boolean },
  ): Promise<string>
  send(request: Request, transport: Transport): Promise<Answer>
  /** `loud`: said even where nothing else is */
  warn(text: string, weight?: 'loud'): void
  /** Resolves after `least` milliseconds and up to `spread` more; rejects when interrupted. */
  pause(least: number, spread: number): Promise<void>
  readonly watch: Watch
  /** the sandbox: what is missing on this machine is made up */
  readonly standIn?: { text(name: string): string; key(algorithm: string): SigningKey }
}

/** Told of each step, for -v, -vv and the line that says what is being waited for. */
export interface Watch {
  signed?(profile: Profile, header: unknown, claims: unknown, key: SigningKey): void
  /** an assertion was not signed here but taken from `source` */
  taken?(profile: Profile, source: string, claims: unknown): void
  sending?(profile: Profile, shown: ShownRequest): void
  answered?(profile: Profile, answer: Answer, requestId: string | undefined): void
  /** the call failed and will be made again in so many milliseconds */
  retrying?(profile: Profile, failure: string, pause: number): void
  /** a token of an earlier run is used, or what one another run is asking for is waited for */
  kept?(profile: Profile, what: 'found' | 'waiting' | 'stored' | 'alone' | 'nameless'): void
}

export interface ShownRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string | undefined
}
