// `a.b.0["name.with.dots"]`: how a member of a member is written on the command line.

const FIRST = /^([A-Za-z_][\w-]*|\d+(?![\w-]))/
const FURTHER = /^\.([A-Za-z_][\w-]*|\d+(?![\w-]))/
const BRACKETED = /^\[("(?:[^"\\]|\\.)*"|\d+)\]/

/** `rest`: where it cannot be read any further. */
export function readMemberPath(text: string): { path: string[]; rest: string } {
  const path: string[] = []
  let rest = text
  while (rest !== '') {
    const match = (path.length === 0 ? FIRST : FURTHER).exec(rest) ?? BRACKETED.exec(rest)
    const [whole, part] = match ?? []
    if (whole === undefined || part === undefined) break
    path.push(part.startsWith('"') ? unquote(part) : part)
    rest = rest.slice(whole.length)
  }
  return { path, rest }
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(text))
  } catch {
    return text.slice(1, -1)
  }
}
