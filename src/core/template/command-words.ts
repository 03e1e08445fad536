// The words of a command, with the quotes of a shell and nothing else of one. What a shell would do
// something with is refused: run without it, the command would be another one than was meant.

import { TokenError } from '../error.ts'

/** Does to two commands, or to files, what only a shell does. */
const OPERATORS = '|;&<>()'

export function splitWords(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at)
    const next = line.charAt(at + 1)
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (char === "'") {
      const end = line.indexOf("'", at + 1)
      if (end < 0) throw refuse("a ' has no second one")
      word = `${word ?? ''}${line.slice(at + 1, end)}`
      at = end
    } else if (char === '"') {
      const quoted = readQuoted(line, at + 1)
      word = `${word ?? ''}${quoted.text}`
      at = quoted.end
    } else if (char === '\\') {
      if (next === '') throw refuse('a \\ stands at the end')
      // a line that is continued
      if (next !== '\n') word = `${word ?? ''}${next}`
      at++
    } else {
      if (OPERATORS.includes(char)) throw refuseShell(char)
      if (isExpansion(char, next)) throw refuseShell(char === '`' ? char : `$${next}`)
      if (char === '#' && word === undefined) throw refuseShell(char)
      // of a path that is ours to find it is home, as in all paths
      if (char === '~' && word === undefined && words.length > 0) throw refuseShell('~')
      word = `${word ?? ''}${char}`
    }
  }
  if (word !== undefined) words.push(word)
  const [first] = words
  if (first === undefined || first === '') throw refuse('it has no words')
  if (/^[A-Za-z_]\w*=/.test(first)) {
    throw refuse('NAME=value in front of it is for a shell', 'write env NAME=value command …')
  }
  if (line.includes('\0')) throw refuse('it has a NUL in it')
  return words
}

/** Up to the second ": only what a shell would read anew needs a \\ there. */
function readQuoted(line: string, start: number): { text: string; end: number } {
  let text = ''
  for (let at = start; at < line.length; at++) {
    const char = line.charAt(at)
    const next = line.charAt(at + 1)
    if (char === '"') return { text, end: at }
    if (char === '\\' && next !== '' && '$`"\\\n'.includes(next)) {
      if (next !== '\n') text += next
      at++
    } else {
      if (isExpansion(char, next)) throw refuseShell(char === '`' ? char : `$${next}`)
      text += char
    }
  }
  throw refuse('a " has no second one')
}

function isExpansion(char: string, next: string): boolean {
  return char === '`' || (char === '$' && /[\w({]/.test(next))
}

function refuseShell(sign: string): TokenError {
  const instead = `write sh -c '…' for one, or '${sign}' in single quotes for the sign itself`
  return refuse(`${sign} stands in it, and no shell is involved`, instead)
}

/** The command itself is not repeated: it may stand in the place of a secret. */
function refuse(message: string, means = "quotes are a shell's: '…', \"…\" and \\"): TokenError {
  return new TokenError('field_invalid', `the command cannot be run: ${message}`, { means })
}
