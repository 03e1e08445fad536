// A placeholder in a flow collection needs quotes: the user's own line, mended. Only names are
// repeated. A default may be a patient's number, a command may hold a password.

/** `from` is where the value begins that has the placeholder in it. */
export function mendPlaceholder(text: string, from: number): string {
  const before = text.slice(Math.max(0, from - 80), from)
  const key = /(?:^|[\s,{[])([\w.-]{1,40})[ \t]*:[ \t]+$/.exec(before)?.[1]
  const value = mendValue(text.slice(from, from + WIDEST))
  return `${key === undefined ? '' : `${key}: `}"${value}"`
}

/** A hint is a line on a screen. */
const WIDEST = 200

function mendValue(text: string): string {
  let mended = ''
  for (let at = 0; at < text.length; ) {
    if (text.startsWith('${', at)) {
      const end = findEnd(text, at + 2)
      mended += showPlaceholder(text.slice(at + 2, end))
      at = end + 1
    } else if (/[,\]}\r\n]/.test(text[at] ?? '')) break
    else {
      if (/\s/.test(text[at] ?? '')) mended += ' '
      else if (!mended.endsWith('…')) mended += '…'
      at++
    }
  }
  return mended.trim()
}

function findEnd(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '{') depth++
    else if (text[at] === '}' && depth-- === 0) return at
  }
  const line = text.indexOf('\n', from)
  return line === -1 ? text.length : line
}

function showPlaceholder(inner: string): string {
  const variable = /^(env:[A-Za-z_]\w{0,60})(:[-?])?/.exec(inner)
  if (variable) return `\${${variable[1]}${variable[2] ? `${variable[2]}…` : ''}}`
  if (/^[A-Za-z_][\w.+-]{0,60}(\|[a-z]+)?\??$/.test(inner)) return `\${${inner}}`
  const kind = /^(file|command):/.exec(inner)?.[0] ?? ''
  return `\${${kind}…}`
}
