// bash cuts words at = and : as well, so its script hands over the line as it stands. It is read with
// the quotes of a shell; nothing in it is expanded.

export interface Typed {
  readonly words: readonly string[]
  readonly current: string
  /** how much of the word bash leaves alone: what it puts in comes behind that */
  readonly kept: string
  /** inside of quotes nothing is escaped */
  readonly quoted: boolean
}

/** `line` up to the cursor; `piece`: what bash takes for the word that is being typed. */
export function readBashLine([line = '', piece = '']: readonly string[]): Typed {
  const words: string[] = []
  let word: string | undefined
  let start = 0
  let quote: string | undefined
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at)
    if (quote === undefined && /\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
      continue
    }
    if (word === undefined) start = at
    word ??= ''
    if (char === quote) quote = undefined
    else if (quote === undefined && (char === "'" || char === '"')) quote = char
    else if (char === '\\' && quote !== "'" && at + 1 < line.length) word += line.charAt(++at)
    else word += char
  }
  const raw = word === undefined ? '' : line.slice(start)
  return {
    // the first is the program itself
    words: words.slice(1),
    current: word ?? '',
    kept: quote === undefined && raw.endsWith(piece) ? raw.slice(0, raw.length - piece.length) : '',
    quoted: quote !== undefined,
  }
}
