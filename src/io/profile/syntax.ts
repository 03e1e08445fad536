// From text to a YAML tree, or to what is wrong with it in our own words. JSON is YAML here.

import { Composer, type Document, Lexer, type ParsedNode, Parser } from 'yaml'
import { createWatch, type Flaw, type Watch } from './brackets.ts'

export const DEEPEST = 64

export interface Tree {
  readonly root: ParsedNode | null
  readonly flaws: readonly Flaw[]
}

// uniqueKeys compares every name with every other; nodes.ts does it by a table
const OPTIONS = {
  version: '1.2',
  schema: 'core',
  resolveKnownTags: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const

export function readTree(text: string): Tree {
  return withoutLogs(() => {
    const watch = createWatch(text)
    const parser = new Parser()
    const tokens = []
    for (const lexeme of new Lexer().lex(text)) {
      watch.see(lexeme, parser.offset)
      tokens.push(...parser.next(lexeme))
      // what is nested deeper overflows the stack of parser and composer, which kills the process
      if (parser.stack.length > DEEPEST) {
        const depth = parser.stack.filter((token) => 'items' in token).length
        if (depth > DEEPEST) {
          const message = `is nested more than ${DEEPEST} levels deep`
          return { root: null, flaws: [{ offset: parser.offset - lexeme.length, message }] }
        }
      }
    }
    tokens.push(...parser.end())
    const composed = new Composer(OPTIONS).compose(tokens, true, text.length)
    const documents = [...composed] as Document.Parsed[]
    const flaws = describeErrors(documents, text, watch)
    const second = documents[1]
    if (second && flaws.length === 0) {
      const message = 'a second document begins here; a profile file is one document'
      flaws.push({ offset: second.range[0], message })
    }
    return { root: documents[0]?.contents ?? null, flaws }
  })
}

function describeErrors(documents: readonly Document.Parsed[], text: string, watch: Watch): Flaw[] {
  watch.finish()
  const { lost } = watch
  const flaws = watch.flaws.filter(({ offset }) => lost === undefined || offset <= lost)
  const problems = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings])
  problems.sort((one, other) => one.pos[0] - other.pos[0])
  let line = { from: -1, to: -1 }
  for (const { code, pos } of problems) {
    const offset = Math.min(pos[0], text.length)
    // one thing a line: the others are mostly consequences
    if (offset >= watch.sound || (line.from <= offset && offset <= line.to)) continue
    line = findLine(text, offset)
    const tab = /^[ \t]*/.exec(text.slice(line.from, line.to))?.[0].indexOf('\t') ?? -1
    if (tab !== -1 && !watch.isInFlow(offset)) flaws.push({ offset: line.from + tab, message: TAB })
    else
      flaws.push({
        offset,
        message: describe(code, text.slice(offset, line.to), watch.isInFlow(offset)),
      })
    // the document would have to begin with --- now, and so on
    if (code === 'BAD_DIRECTIVE') break
  }
  return flaws
}

function findLine(text: string, offset: number): { from: number; to: number } {
  const end = text.indexOf('\n', offset)
  return { from: text.lastIndexOf('\n', offset - 1) + 1, to: end === -1 ? text.length : end }
}

const TAB = 'a tab stands in the indentation; use spaces'
const IN_FLOW = 'a comma or a ":" is missing here; a text with ": " in it needs quotes'

/** `rest` is the line from where the library stumbled. */
function describe(code: string, rest: string, inFlow: boolean): string {
  switch (code) {
    case 'BAD_ALIAS':
    case 'ALIAS_PROPS':
      return 'an anchor (&name) or alias (*name) is not complete here; a text that begins so needs quotes'
    case 'BAD_DIRECTIVE':
      return 'a line that begins with % is not for a profile file'
    case 'BAD_DQ_ESCAPE':
      return 'a \\ in double quotes begins an escape: write \\\\, or use single quotes'
    case 'BAD_INDENT':
      return 'this line is not indented like its neighbours'
    case 'BAD_SCALAR_START':
      return `a text that begins with ${rest[0]} needs quotes`
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'BLOCK_IN_FLOW':
      if (inFlow) return IN_FLOW
      if (/^-(\s|$)/.test(rest)) return 'this line is not indented like its neighbours'
      if (!/:(\s|$)/.test(rest)) return 'the next line is indented as if it went on with this value'
      return 'a second "name: value" in one line; a text with ": " in it needs quotes'
    case 'KEY_OVER_1024_CHARS':
    case 'MULTILINE_IMPLICIT_KEY':
      return 'a name stands in one line with its ":"; is one missing here, or a quote?'
    case 'MULTIPLE_DOCS':
      return 'a second document begins here; a profile file is one document'
    case 'TAB_AS_INDENT':
      return TAB
    case 'TAG_RESOLVE_FAILED':
    case 'BAD_COLLECTION_TYPE':
    case 'MULTIPLE_TAGS':
      return 'a tag has no meaning here; a text that begins with ! needs quotes'
    case 'MISSING_CHAR':
      if (rest.startsWith('#'))
        return 'a space is missing before the #; a text with # in it needs quotes'
      if (inFlow) return IN_FLOW
      if (/^-\S/.test(rest)) return 'a space is missing after the -'
      if (/^- /.test(rest)) return 'a line of a list stands among names'
      if (/^[\w.-]+:\S/.test(rest)) return 'a space is missing after the ":"'
      return 'a ":" is missing after the name'
  }
  if (/^- /.test(rest)) return 'a list begins on a line of its own'
  return 'this does not belong here; a text with special characters needs quotes'
}

// LOG_TOKENS and LOG_STREAM make the library write what it reads to stdout, secrets and all.
function withoutLogs<Result>(work: () => Result): Result {
  const { LOG_TOKENS, LOG_STREAM } = process.env
  delete process.env.LOG_TOKENS
  delete process.env.LOG_STREAM
  try {
    return work()
  } finally {
    if (LOG_TOKENS !== undefined) process.env.LOG_TOKENS = LOG_TOKENS
    if (LOG_STREAM !== undefined) process.env.LOG_STREAM = LOG_STREAM
  }
}
