// JSON from elsewhere. What is nested without end is not read: JSON.parse takes it, and whatever walks
// through it afterwards runs out of stack.

const DEEPEST = 64

/** undefined for what is no JSON, or too deep. */
export function readJson(text: string): unknown {
  try {
    return isDeep(text) ? undefined : (JSON.parse(text) as unknown)
  } catch {
    return undefined
  }
}

function isDeep(text: string): boolean {
  let depth = 0
  let inside = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (inside) {
      if (char === '\\') at++
      else if (char === '"') inside = false
    } else if (char === '"') inside = true
    else if (char === '[' || char === '{') {
      depth++
      if (depth > DEEPEST) return true
    } else if (char === ']' || char === '}') depth--
  }
  return false
}

export type JsonObject = Readonly<Record<string, unknown>>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
