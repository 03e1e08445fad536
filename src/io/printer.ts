// Everything that goes to a person: errors, warnings, notes, the trace. It all goes to stderr, in
// lower case, without a full stop, with the program's name in front; stdout is for the answer and
// is written by the commands. Whatever passes here is cleaned of secrets and control characters.

import { repeatCommand } from '../core/again.ts'
import { TokenError } from '../core/error.ts'
import { escapeJson, escapeLine, wrap } from '../core/terminal.ts'
import type { World } from '../core/world.ts'
import { describeError, listLines } from './error-json.ts'
import type { Paint } from './paint.ts'

export interface View {
  /** errors as one line of JSON */
  json: boolean
  /** -v: 1, -vv: 2 */
  verbose: number
  quiet: boolean
  /** what reads stdout shows stderr as well: nothing is said unless it fails, or is asked for by -v */
  helper: boolean
  /** a command of the user's has the terminal: no line that comes and goes */
  shared: boolean
  /** undefined: as the stream and the environment say */
  color: boolean | undefined
}

const WIDTH_OF_LABEL = 9

export class Printer {
  readonly view: View = {
    json: false,
    verbose: 0,
    quiet: false,
    helper: false,
    shared: false,
    color: undefined,
  }
  readonly #world: World
  readonly #warnings: string[] = []
  /** those of them that have not been said */
  readonly #withheld: string[] = []
  readonly #notes: string[] = []
  #paint: Paint | undefined
  #status = false
  #spoke = false

  constructor(world: World) {
    this.#world = world
  }

  /** Whether this run has had anything to say beside its answer. */
  get hasSpoken(): boolean {
    return this.#spoke || this.#warnings.length > 0 || this.#notes.length > 0
  }

  get isTerminal(): boolean {
    return this.#world.stderr.isTTY
  }

  /** A failure will be one line of JSON, and nothing may stand beside it. */
  get #asJson(): boolean {
    return this.view.json && this.view.verbose === 0
  }

  /** Beside an answer that a program reads nothing is said. */
  get #silent(): boolean {
    return this.view.helper && this.view.verbose === 0
  }

  /** Kept for the error, while there may be one that brings it along; said at once otherwise. */
  async warn(text: string, weight?: 'loud'): Promise<void> {
    if (this.#warnings.includes(text)) return
    const waits = this.#asJson || (this.#silent && weight !== 'loud')
    this.#warnings.push(text)
    if (waits) this.#withheld.push(text)
    else if (!this.view.quiet) await this.#writeWarning(text)
  }

  /** Warnings that a JSON error would have carried, when there was no error. */
  async flushWarnings(): Promise<void> {
    if (!this.#asJson || this.view.quiet) return
    for (const text of this.#notes) await this.note(text)
    await this.#writeWithheld()
  }

  async #writeWithheld(): Promise<void> {
    if (this.view.quiet) return
    for (const text of this.#withheld) await this.#writeWarning(text)
  }

  async #writeWarning(text: string): Promise<void> {
    const paint = await this.paint('stderr')
    await this.#write(`tokentool: ${paint('warning', 'warning')}: ${this.#safe(text)}\n`)
  }

  /** A line for -v (level 1) or -vv (level 2). */
  async trace(level: 1 | 2, text: string): Promise<void> {
    if (this.view.verbose < level || this.view.quiet) return
    const paint = await this.paint('stderr')
    // cleaned as a whole, for a secret of several lines; written as a whole, so that an error which
    // follows does not come between them
    const clean = this.#world.secrets.clean(text)
    const lines = clean.split('\n').map((line) => `${paint('faint', escapeLine(line))}\n`)
    await this.#write(lines.join(''))
  }

  /** Something worth knowing though nobody asked; not with -q. */
  async note(text: string): Promise<void> {
    if (this.view.quiet || this.#silent) return
    await this.#write(`tokentool: ${this.#safe(text)}\n`)
  }

  /** A note that a JSON error will carry. */
  async mention(text: string): Promise<void> {
    if (this.#asJson) this.#notes.push(text)
    else await this.note(text)
  }

  /** One faint line after a success, on a terminal only. */
  async summarize(text: string): Promise<void> {
    if (!this.isTerminal || this.view.quiet || this.#silent) return
    const paint = await this.paint('stderr')
    await this.#write(`${paint('faint', this.#safe(text))}\n`)
  }

  /** What is being waited for, where a person is looking; gone again with clearStatus. */
  async showStatus(text: string): Promise<void> {
    if (!this.isTerminal || this.view.quiet || this.#silent || this.view.verbose > 0) return
    if (this.view.shared) return
    this.#status = true
    await this.#world.stderr.write(
      `\r\u001b[K${this.#safe(text).slice(0, this.#world.stderr.columns - 1)}`,
    )
  }

  async clearStatus(): Promise<void> {
    if (!this.#status) return
    this.#status = false
    await this.#world.stderr.write('\r\u001b[K')
  }

  async error(failure: TokenError): Promise<void> {
    await this.clearStatus()
    const error = repeatFixes(failure, this.#world.argv)
    if (this.#asJson) {
      await this.#world.stderr.write(`${this.#formatJson(error)}\n`)
      return
    }
    // they may tell why there is no answer
    if (this.#silent) await this.#writeWithheld()
    const paint = await this.paint('stderr')
    const { said, means, sent, fix } = error.details
    const sentLine = Object.entries(sent ?? {})
      .map(([name, value]) => `${name} ${value}`)
      .join(' · ')
    const lines: string[] = [
      `tokentool: ${paint('error', 'error')}: ${this.#fold(error.message, 4)}`,
    ]
    const add = (label: string, texts: readonly string[], whole: boolean): void => {
      for (const [index, text] of texts.entries()) {
        const name =
          index === 0 ? `${label}:`.padEnd(WIDTH_OF_LABEL - 2) : ' '.repeat(WIDTH_OF_LABEL - 2)
        const safe = whole ? this.#safe(text) : this.#fold(text, WIDTH_OF_LABEL)
        lines.push(`  ${paint('label', name)}${safe}`)
      }
    }
    add('said', listLines(said), false)
    add('means', listLines(means), false)
    add('sent', sentLine === '' ? [] : [sentLine], false)
    // a command must survive being copied: it is never broken
    add('fix', listLines(fix), true)
    await this.#world.stderr.write(`${lines.join('\n')}\n`)
  }

  /** The painter for a stream: chalk on a terminal that wants colour, nothing elsewhere. */
  async paint(stream: 'stdout' | 'stderr'): Promise<Paint> {
    if (!this.wantsColor(stream)) return (_style, text) => text
    if (this.#paint === undefined) {
      const { loadPaint } = await import('./paint.ts')
      this.#paint = await loadPaint()
    }
    return this.#paint
  }

  wantsColor(stream: 'stdout' | 'stderr'): boolean {
    const { env } = this.#world
    if (this.view.color !== undefined) return this.view.color
    if (env.NO_COLOR) return false
    if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
    return this.#world[stream].isTTY && env.TERM !== 'dumb'
  }

  /** Each text is cleaned by itself, so that a mark never stands across a quote. */
  #formatJson(error: TokenError): string {
    const clean = (_name: string, value: unknown): unknown =>
      typeof value === 'string' ? this.#world.secrets.clean(value) : value
    return escapeJson(
      JSON.stringify(describeError(error, [...this.#notes, ...this.#warnings]), clean),
    )
  }

  #safe(text: string): string {
    return escapeLine(this.#world.secrets.clean(text))
  }

  #fold(text: string, indent: number): string {
    const safe = this.#safe(text)
    return this.isTerminal ? wrap(safe, this.#world.stderr.columns - 1, indent) : safe
  }

  async #write(text: string): Promise<void> {
    this.#spoke = true
    await this.clearStatus()
    await this.#world.stderr.write(text)
  }
}

function repeatFixes(error: TokenError, argv: readonly string[]): TokenError {
  const { details } = error
  if (details.fix === undefined) return error
  const fix = listLines(details.fix).map((line) => repeatCommand(line, argv))
  return new TokenError(error.code, error.message, { ...details, fix })
}
