// What the program may touch of the world, as one value: main.ts fills it from the process, a
// test from what it likes. core/ gets what it needs from here and imports no node: module.

import type { Secrets } from './secret/secrets.ts'

export interface Output {
  readonly isTTY: boolean
  readonly columns: number
  /** Resolves when the text has been handed over; a reader that went away is no error. */
  write(text: string | Uint8Array): Promise<void>
}

export interface Input {
  readonly isTTY: boolean
  /** All of it, up to `limit` bytes; more than that is an error. */
  readAll(limit: number): Promise<Uint8Array>
  /** Resolves when it closes, or on a signal; what comes before that is dropped. */
  ended(): Promise<void>
  /** Questions to the person at the terminal. */
  openDialog(): Promise<Dialog>
}

export interface Dialog {
  /** undefined: they went away (Ctrl-C, Ctrl-D, a signal), and will not answer the next one either */
  ask(prompt: string): Promise<string | undefined>
  /** Gives the terminal back. */
  close(): void
}

export interface World {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  /** The working folder; undefined when it has been deleted under us. */
  readonly cwd: string | undefined
  readonly home: string | undefined
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly secrets: Secrets
  /** milliseconds since 1970 */
  now(): number
  /** when this run began, and for how many milliseconds it has waited for another one */
  readonly began: number
  readonly waited: number
  uuid(): string
  /** SHA-256 in lower-case hex */
  hash(text: string): string
  /** Told of each file that decides something, or whose absence does; `owner`: only whose it is. */
  saw?(path: string, part?: 'all' | 'owner'): void
  /** What commands have printed in this run, by their words and folder. */
  readonly commandOutputs: Map<string, string>
  /** Told before something that lets nothing else happen for so many milliseconds. */
  readonly holds: Set<(time: number) => void>
  /** Aborts on SIGINT and SIGTERM; its reason is their name. */
  readonly signal: AbortSignal
}
