// What a terminal is told in the midst of a text (ECMA-48): colours, links, titles. Logs keep it, also
// written out by whoever escaped it.

const COLOURS =
  /(?:\u001b|\\u001b|\\x1b|\\0?33|\\e|\^\[)\[[0-9;:?]{0,64}[A-Za-z]|\u001b\[[0-?]{0,64}[ -/]{0,8}[@-~]|\u009b[0-?]{0,64}[ -/]{0,8}[@-~]|\u001b\][^\u0007\u001b]{0,2000}(?:\u0007|\u001b\\)|\u001b[()][0-9A-B]/gi

export const UNCOLOURED = 'removed the colours of a terminal'

/** The same text where there are none. */
export function stripColours(text: string): string {
  return /[\u001b\u009b]|\\(?:u001b|x1b|0?33|e)\[|\^\[/i.test(text)
    ? text.replace(COLOURS, '')
    : text
}
