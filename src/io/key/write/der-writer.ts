// Just enough DER (ITU-T X.690) for a certificate or a request for one.

export function tag(id: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const size = content.length
  const bytes = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([id, ...bytes]), content])
}

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tag(0x30, ...parts)
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return tag(0x31, ...parts)
}

export function octets(content: Uint8Array): Buffer {
  return tag(0x04, content)
}

export function bits(content: Uint8Array, unused = 0): Buffer {
  return tag(0x03, Buffer.from([unused]), content)
}

/** Positive, and as short as it can be: DER allows nothing else. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0
  while (start < bytes.length - 1 && bytes[start] === 0) start++
  const short = bytes.subarray(start)
  return tag(0x02, (short[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), short]) : short)
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second]
  for (const part of rest) {
    const groups = [part & 0x7f]
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80)
    bytes.push(...groups)
  }
  return tag(0x06, Buffer.from(bytes))
}

/** Two-digit years up to 2049, four digits from then on: RFC 5280 section 4.1.2.5. */
export function time(date: Date): Buffer {
  const digits = `${date.toISOString().replace(/[-:T]|\..*/g, '')}Z`
  return date.getUTCFullYear() < 2050
    ? tag(0x17, Buffer.from(digits.slice(2)))
    : tag(0x18, Buffer.from(digits))
}
