// Text from elsewhere, made safe for a terminal: nothing in it may move the cursor, change colours
// or the direction of writing.

const UNSAFE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The same on one line: line breaks and tabs are escaped as well. */
export function escapeLine(text: string): string {
  return escapeControls(text).replace(/[\n\t]/g, (char) => (char === '\n' ? '\\n' : '\\t'))
}

/** JSON that holds no character a terminal would obey: inside its strings \\u says the same. */
export function escapeJson(json: string): string {
  return json.replace(
    /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Breaks between words, the further lines indented; a word too long for the width stays whole. */
export function wrap(text: string, width: number, indent: number): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > Math.max(20, width - indent)) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return lines.join(`\n${' '.repeat(indent)}`)
}

/** A terminal that does not, or does not say so, is given letters instead of signs. */
export function readsUtf8(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG
  if (env.TERM === 'dumb') return false
  return locale ? /utf-?8/i.test(locale) : env.OS === 'Windows_NT'
}
