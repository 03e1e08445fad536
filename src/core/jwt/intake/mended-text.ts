// What happens to a token on its way through shells, editors, URLs and JSON, undone character by
// character. Every character keeps its place, so that what was mended can be told from the original.

/** Of an escape, what means nothing any more. */
export const FILLER = '\u0001'
/** Something invisible stood here. */
export const GAP = '\u0002'

export function mendText(raw: string): string {
  return dropPrefixes(raw)
    .replace(/[\u0000-\u0002\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g, GAP)
    .replace(SOFT_BREAK, (end) => FILLER.repeat(end.length))
    .replace(/=3D(?=\u0001*(?:ey|["']))/g, `${FILLER}${FILLER}=`)
    .replace(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
    .replace(/[\u0085\u2028\u2029]/g, '\n')
    .replace(/[“”„‟«»]/g, '"')
    .replace(/[‘’‚‛]/g, "'")
    .replace(/%(?:25){0,9}([0-7][0-9a-f])/gi, (code, hex: string) =>
      pad(readCode(hex), code.length),
    )
    .replace(ESCAPES, mendEscape)
    .replace(/&(quot|#34|#39|apos|amp|lt|gt);/g, (entity, name: string) =>
      pad(ENTITIES[name] ?? GAP, entity.length),
    )
}

/** Quoted-printable (RFC 2045 6.7): lines of 76 characters, and = at the end of those that go on. */
const SOFT_BREAK = /(?<=(?:^|\n)[^\n]{72,75})=\r?\n/g

/** Of a diff: + or - before each line; a bullet before the first is none. */
function dropPrefixes(raw: string): string {
  return raw.replace(
    /^([+-])(?!(?<=-) \S)(?=(?:[^\n]{0,200}[^\w\n-])?ey[JAw])[^\n]*(?:\n\1[^\n]*)*/gm,
    (lines, sign: string) => lines.replaceAll(`\n${sign}`, '\n ').replace(sign, ' '),
  )
}

/** A text cut out of it, as it was meant; `gap` where something invisible was. */
export function readMended(text: string, gap = ' '): string {
  return text.replaceAll(FILLER, '').replaceAll(GAP, gap)
}

/** However often it was escaped: a token holds no backslash that means anything. */
const ESCAPES = /\\+(?:u00([0-7][0-9a-f])|(\r?\n)|(.))?/gi

function mendEscape(whole: string, hex?: string, line?: string, char?: string): string {
  if (line !== undefined) return line.padStart(whole.length, ' ')
  if (hex !== undefined) return pad(readCode(hex), whole.length)
  if (char === undefined) return ' '.repeat(whole.length)
  const meant = char === 'n' ? '\n' : char === 'r' || char === 't' ? ' ' : char
  return pad(meant, whole.length)
}

const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  '#34': '"',
  '#39': "'",
  apos: "'",
  amp: '&',
  lt: '<',
  gt: '>',
}

function pad(char: string, length: number): string {
  return char.padStart(length, FILLER)
}

function readCode(hex: string): string {
  const char = String.fromCharCode(Number.parseInt(hex, 16))
  if (char === '\n') return char
  return char < ' ' || char === '\u007f' ? ' ' : char
}
