// Watches the words of a YAML text go by and sees what the library's errors do not tell: where
// the bracket or quote stands that is not closed, and placeholders that are cut apart by brackets.

import { mendPlaceholder } from '../../core/file/mend.ts'

export interface Flaw {
  readonly offset: number
  readonly message: string
}

export interface Watch {
  see(lexeme: string, offset: number): void
  readonly flaws: readonly Flaw[]
  /** From here on the library complains about consequences. */
  readonly sound: number
  /** After a quote that is not closed what is text and what is not is guesswork. */
  readonly lost: number | undefined
  isInFlow(offset: number): boolean
  finish(): void
}

const SCALAR = '\u001f'
const FLOW_END = '\u0018'

export function createWatch(text: string): Watch {
  const flaws: Flaw[] = []
  const flows: { from: number; to: number }[] = []
  const open: { offset: number; sign: string; placeholder: boolean }[] = []
  let before = ''
  let solid = ''
  let scalar: { from: number; to: number; continues: boolean } | undefined
  let sound = Number.POSITIVE_INFINITY
  let lost: number | undefined

  function note(offset: number, message: string): void {
    flaws.push({ offset, message })
    sound = Math.min(sound, offset)
  }

  function close(offset: number): void {
    const opened = open.pop()
    if (opened && open.length === 0) flows.push({ from: opened.offset, to: offset })
  }

  function blame(): void {
    const opened = open.findLast((candidate) => !candidate.placeholder)
    // a quote that is not closed has swallowed the bracket
    if (opened && lost === undefined)
      note(opened.offset, `the ${opened.sign} that is opened here is not closed`)
  }

  return {
    flaws,
    get sound() {
      return sound
    },
    get lost() {
      return lost
    },
    see(lexeme, offset) {
      const isScalar = before === SCALAR
      before = lexeme
      // `${a}-${b}`: what follows the } of a placeholder goes on with the same value
      const continues = solid === '}'
      if (lexeme !== SCALAR && lexeme.trim() !== '') solid = lexeme
      if (isScalar) scalar = { from: offset, to: offset + lexeme.length, continues }
      else if (lexeme === '{' || lexeme === '[') {
        const cut = scalar?.to === offset && text[offset - 1] === '$' ? scalar : undefined
        const placeholder = lexeme === '{' && cut !== undefined && open.length > 0
        if (placeholder && !cut.continues) {
          const mended = mendPlaceholder(text, cut.from)
          note(cut.from, `\${…} inside { } or [ ] needs quotes: ${mended}`)
        }
        open.push({ offset, sign: lexeme, placeholder })
      } else if (lexeme === '}' || lexeme === ']') {
        const opener = lexeme === '}' ? '{' : '['
        if (open.some(({ sign }) => sign === opener)) {
          while (open.at(-1)?.sign !== opener) {
            blame()
            close(offset)
          }
        }
        close(offset)
      } else if (lexeme === FLOW_END) {
        blame()
        while (open.length > 0) close(offset)
      } else if (/^["']/.test(lexeme) && !isClosed(lexeme)) {
        lost ??= offset
        note(offset, `the ${lexeme[0]} that is opened here is not closed`)
      }
    },
    isInFlow(offset) {
      let low = 0
      let high = flows.length
      while (low < high) {
        const middle = (low + high) >> 1
        if ((flows[middle]?.to ?? 0) < offset) low = middle + 1
        else high = middle
      }
      return (flows[low]?.from ?? Number.POSITIVE_INFINITY) <= offset
    },
    finish() {
      if (open.length > 0) blame()
      while (open.length > 0) close(text.length)
    },
  }
}

function isClosed(quoted: string): boolean {
  const quote = quoted[0] ?? ''
  const body = quoted.slice(1)
  if (quote === '"') {
    const slashes = /(\\*)"$/.exec(body.slice(-1024))?.[1]
    return slashes !== undefined && slashes.length % 2 === 0
  }
  let run = 0
  while (body.at(-1 - run) === quote) run++
  return run % 2 === 1
}
