// What a twin is: a service's rules as a value. The server carries bytes and knows no service;
// a twin knows one service and no socket. A twin's file exports one Twin under the file's name in
// camel case (`lightOauth2` in light-oauth2.ts) and the type of its accounts; twins.ts lists them.

import type { KeyObject } from 'node:crypto'

export interface TwinRequest {
  readonly method: string
  /** as the service believes it was called: base URL it goes by, path and query */
  readonly url: URL
  /** the base URL it goes by in this call, without a slash at its end */
  readonly baseUrl: string
  /** below the base, percent-encoded as it came; begins with a slash */
  readonly path: string
  readonly query: URLSearchParams
  /** names in lower case; repeated ones joined by ", " */
  readonly headers: Readonly<Record<string, string>>
  /** at most 1 MiB; the server answers 413 to more */
  readonly body: Buffer
}

export interface TwinAnswer {
  readonly status: number
  /** names in lower case. `date` and `content-length` are the server's; `content-type` is JSON for
   * an object and plain text for a string, unless said here */
  readonly headers?: Readonly<Record<string, string>>
  /** an object or array is sent as JSON, a string as it is, undefined as nothing */
  readonly body: unknown
  /** for the request log: why it was refused, in a few words of ours; nothing the caller sent */
  readonly why?: string
  /** for the request log, where the path holds a secret: what to show in its place */
  readonly path?: string
}

/** One RSA key of this sandbox; made when it is first asked for. */
export interface SigningKey {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/** `main` signs for every service but MAP, whose upstream has its own. */
export type KeyName = 'main' | 'map'

/** What a running twin may use of the sandbox around it. */
export interface TwinContext {
  /** the service's clock in milliseconds, moved by --clock-offset: the only clock a twin reads */
  now(): number
  key(name: KeyName): Promise<SigningKey>
}

/** One request in, one answer out. What must be remembered (codes, refresh tokens) is in its closure. */
export type TwinService = (request: TwinRequest) => TwinAnswer | Promise<TwinAnswer>

/**
 * One value of the accounts file, and where it stands. Every method that cannot give what it is
 * asked for throws TokenError('accounts_invalid') with that place in it.
 */
export interface Entry {
  /** `light-oauth2[0].client_id` */
  readonly at: string
  readonly value: unknown
  /** A mapping; a name that is not among the known ones is refused, with the nearest of them. */
  members(known: readonly string[]): Members
  /** A list. */
  items(): Entry[]
  /** A text, not empty. Numbers are refused: YAML has rounded them already. */
  text(): string
  /** A list of texts; one text alone stands for a list of one. */
  texts(): string[]
  /** A whole number above zero. */
  count(): number
  flag(): boolean
  choice<Choice extends string>(choices: readonly Choice[]): Choice
  /** A file's text; an entry that begins with `-----BEGIN` is that text itself. */
  pem(): string
  fail(message: string, fix?: string): never
}

export interface Members {
  /** undefined when the name is absent or null */
  get(name: string): Entry | undefined
  need(name: string): Entry
}

/** `Accounts` is whatever shape the service's part of the accounts file has once it is read. */
export interface Twin<Accounts> {
  /** below the base URL; may hold `{application}` and the like */
  readonly tokenPath: string
  readonly jwksPath?: string
  /** for a service that lives on another's host: that service, and which paths there are this one's */
  readonly beside?: { readonly service: string; serves(path: string): boolean }
  /** who may come in when the accounts file does not mention the service */
  readonly none: Accounts
  readAccounts(entry: Entry): Accounts
  /** Called once for each sandbox. */
  start(accounts: Accounts, context: TwinContext): TwinService
}
