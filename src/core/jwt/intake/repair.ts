// What was done to a token before it could be read, a line each, as it is told to the user.

/** `raw`: what stood there, from the token's first character to its last. */
export function describeRepairs(raw: string): string[] {
  const soft = /=\r?\n/.test(raw) ? raw.replace(SOFT, '') : raw
  const quotes = count(soft, GLUE)
  const whole = soft.replace(GLUE, '')
  const breaks = count(whole, BREAK)
  const inside = whole.replace(BREAK, '')
  const spaces = count(inside, /[^\S\r\n]+/g)
  const invisible = count(inside, INVISIBLE)
  const percent = /%[0-7][0-9a-f]/i.test(inside)
  const escapes = count(inside, /\\/g)
  return [
    ...(breaks > 0 ? [`removed ${number(breaks, 'line break')}`] : []),
    ...(spaces > 0 ? [`removed ${number(spaces, 'space')}`] : []),
    ...(invisible > 0 ? [`removed ${number(invisible, 'invisible character')}`] : []),
    ...(quotes > 0 ? [`joined its ${quotes + 1} quoted pieces`] : []),
    ...(escapes > 0 ? ['undid its backslash escapes'] : []),
    ...(soft === raw ? [] : ['undid its quoted-printable line ends']),
    ...(percent ? ['undid its percent-encoding'] : []),
  ]
}

/** The first line of it may be shorter than the line that it stood on. */
const SOFT = /=\r?\n(?=[\w.~=-])/g
/** Between two pieces: "eyJ…" + "…" */
const GLUE = /["'“”‘’][\s+.&\\]{0,200}["'“”‘’]/g
/** With the indentation around it, and the mark of a quoted mail. */
const BREAK = /[ \t]{0,200}\\{0,9}(?:\r?\n|\r|\\r\\{1,9}n|\\n)[ \t]{0,200}[>|#]?[ \t]{0,200}/g
const INVISIBLE = /[\u0000-\u0008\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}

function number(count: number, what: string): string {
  return count === 1 ? `a ${what}`.replace(/^a (?=[aeiou])/, 'an ') : `${count} ${what}s`
}

const AROUND: readonly (readonly [before: RegExp, after: RegExp, name: string])[] = [
  [/["“”'‘’«]\s*$/, /^\s*["“”'‘’»]/, 'the quotes around it'],
  [/`\s*$/, /^\s*`/, 'the backticks around it'],
  [/<\s*$/, /^\s*>/, 'the angle brackets around it'],
  [/[([{]\s*$/, /^\s*[)\]}]/, 'the brackets around it'],
  [/[*_~]\s*$/, /^\s*[*_~]/, 'the marks around it'],
]
const BEHIND: readonly (readonly [after: RegExp, name: string])[] = [
  [/^\s*["'`>)\]}]*,/, 'the comma behind it'],
  [/^\s*["'`>)\]}]*;/, 'the semicolon behind it'],
  [/^\s*["'`>)\]}]*\.(?!\.)/, 'the period behind it'],
]

/** Where nothing but marks stands around it; both sides as mended. */
export function describeMarks(before: string, after: string): string[] {
  const around = AROUND.find(([left, right]) => left.test(before) && right.test(after))?.[2]
  const behind = BEHIND.find(([right]) => right.test(after))?.[1]
  const names = [around, behind].filter((name) => name !== undefined)
  const lone = /[^\s\u0001\u0002]/.test(before.replace(/[>|]/g, '') + after)
  if (names.length === 0) return lone ? ['removed what stood around it'] : []
  return names.map((name) => `removed ${name}`)
}
