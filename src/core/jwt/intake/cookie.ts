// A cookie that is too large for a browser is cut into several, with a number behind the name of each:
// `session.0=eyJ…; session.1=…`.

const CHUNK = /(?<![\w.-])([\w-][\w.-]{0,99})\.(\d{1,2})=([^;,\s"'&]+)/g

export interface Joined {
  readonly text: string
  /** what was put together, and of how many pieces */
  readonly values: ReadonlyMap<string, number>
}

/** All of it stands where the first piece stood; undefined: there is nothing to join. */
export function joinCookies(text: string): Joined | undefined {
  if (!text.includes('.0=')) return undefined
  const chunks = new Map<string, string[]>()
  for (const [, name = '', number = '', value = ''] of text.matchAll(CHUNK)) {
    const list = chunks.get(name) ?? []
    list[Number(number)] ??= value
    chunks.set(name, list)
  }
  const whole = [...chunks].flatMap(([name, list]) =>
    list.length > 1 && Array.from(list).every((one) => one !== undefined)
      ? [[name, list.join(''), list.length] as const]
      : [],
  )
  if (whole.length === 0) return undefined
  const byName = new Map(whole.map(([name, value]) => [name, value]))
  return {
    values: new Map(whole.map(([, value, count]) => [value, count])),
    text: text.replace(CHUNK, (chunk, name: string, number: string) => {
      const value = byName.get(name)
      if (value === undefined) return chunk
      if (Number(number) > 0) return ''
      byName.set(name, '')
      return value === '' ? '' : `${name}=${value}`
    }),
  }
}
