// What curl -i and curl -v print around an answer: status line, headers, remarks.

/** What curl -v says beside the answer; the marks in front of the answer's own lines. */
export function dropNoise(pasted: string): string {
  // with the colours of a terminal
  const text = pasted.replaceAll('\r\n', '\n').replace(/^\ufeff|\u001b\[[\d;]{0,20}m/g, '')
  if (!/^< HTTP\//m.test(text)) return text
  const lines = text.split('\n').filter((line) => !/^([*>] |[{}] \[|>\s*$)/.test(line))
  return lines.map((line) => line.replace(/^< ?/, '')).join('\n')
}

export function dropHeaders(text: string): string {
  return /^HTTP\/\d/m.test(text) ? text.replace(/^[A-Za-z][\w-]{1,60}:.*$/gm, '') : text
}

/** Those behind the last status line. */
export function readHeaders(text: string): Record<string, string> {
  const headers: Record<string, string> = {}
  const at = text.search(/^HTTP\/\d/m)
  const [first, ...lines] = at < 0 ? text.split('\n') : text.slice(at).split('\n')
  for (const line of at < 0 ? [first ?? '', ...lines].slice(0, 50) : lines.slice(0, 100)) {
    const [, name, value] = /^([A-Za-z][\w-]{1,60}): ?(.{0,2000})$/.exec(line) ?? []
    if (name !== undefined && value !== undefined) headers[name.toLowerCase()] ??= value.trim()
  }
  return headers
}
