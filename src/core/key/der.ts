// Just enough DER to tell what a body is, whatever its label says, and whether all of it is there.
// RFC 5208 and 5958 (PKCS#8), 8017 (PKCS#1), 5915 (SEC1), 5280 (certificates), 7292 (PKCS#12).

export type DerSort =
  | 'pkcs8'
  | 'pkcs8-encrypted'
  | 'pkcs1'
  | 'sec1'
  | 'dsa'
  | 'spki'
  | 'pkcs1-public'
  | 'certificate'
  | 'csr'
  | 'pkcs12'
  | 'pkcs7'

export interface DerElement {
  readonly tag: number
  /** where its contents begin, and where they should end: beyond the bytes when it is cut off */
  readonly start: number
  readonly end: number
}

export interface DerBody {
  readonly sort: DerSort
  /** how many bytes it says it has */
  readonly length: number
  readonly complete: boolean
}

const INTEGER = 0x02
const OID = 0x06
const SEQUENCE = 0x30
const OUTERMOST_CONTEXT = 0xa0

export function readElement(bytes: Uint8Array, at: number): DerElement | undefined {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) return undefined
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first }
  // BER's open length: some tools write PKCS#12 so
  if (first === 0x80) return { tag, start: at + 2, end: bytes.length }
  const count = first & 0x7f
  if (count > 4) return undefined
  let length = 0
  for (let i = 0; i < count; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0)
  return { tag, start: at + 2 + count, end: at + 2 + count + length }
}

/** The elements inside one, as far as there are bytes; no more than tell what it is. */
export function readChildren(bytes: Uint8Array, parent: DerElement, most = 10): DerElement[] {
  const children: DerElement[] = []
  let at = parent.start
  while (at < Math.min(parent.end, bytes.length) && children.length < most) {
    const child = readElement(bytes, at)
    if (child === undefined) break
    children.push(child)
    at = child.end
  }
  return children
}

export function identifyDer(bytes: Uint8Array): DerBody | undefined {
  const outer = readElement(bytes, 0)
  if (outer?.tag !== SEQUENCE) return undefined
  const sort = nameShape(bytes, outer)
  if (sort === undefined) return undefined
  return { sort, length: outer.end, complete: outer.end <= bytes.length }
}

function nameShape(bytes: Uint8Array, outer: DerElement): DerSort | undefined {
  const children = readChildren(bytes, outer)
  const [first, second] = children
  if (first === undefined) return undefined
  const shape = children.map((child) => child.tag.toString(16).padStart(2, '0')).join(' ')
  const headed = (element: DerElement | undefined): boolean =>
    element !== undefined && readElement(bytes, element.start)?.tag === OID
  const version = first.tag === INTEGER && first.end - first.start === 1 ? bytes[first.start] : -1

  if (shape.startsWith('02 30') && headed(second)) {
    if (version === 3) return 'pkcs12'
    return version === 0 || version === 1 ? 'pkcs8' : undefined
  }
  if (shape.startsWith('02 04') && version === 1) return 'sec1'
  if (/^02 02\b/.test(shape)) {
    const whole = outer.end <= bytes.length
    if (version !== 0) return shape === '02 02' || !whole ? 'pkcs1-public' : undefined
    return whole && shape === '02 02 02 02 02 02' ? 'dsa' : 'pkcs1'
  }
  if (shape === '30 04' && headed(first)) return 'pkcs8-encrypted'
  if (shape.startsWith('30 03') && headed(first)) return 'spki'
  if (shape.startsWith('06 a0')) return 'pkcs7'
  if (/^30( 30\b|$)/.test(shape) && !headed(first)) return nameSigned(bytes, first)
  return undefined
}

/** A certificate, a request for one and a list of revoked ones are built alike. */
function nameSigned(bytes: Uint8Array, signed: DerElement): DerSort | undefined {
  const [first, second, , fourth] = readChildren(bytes, signed, 4)
  if (first?.tag === OUTERMOST_CONTEXT) return 'certificate'
  if (first?.tag !== INTEGER || second?.tag !== SEQUENCE) return undefined
  if (readElement(bytes, second.start)?.tag !== OID) return 'csr'
  // version 1 certificates have no version in front; their validity is what a list has not
  return fourth?.tag === SEQUENCE ? 'certificate' : undefined
}

// Only OpenSSL's legacy provider knows these: PKCS#5 v1 (MD2, MD5 or SHA-1 with DES or RC2) and the
// RC2 and RC4 schemes of PKCS#12.
const LEGACY = /2a864886f70d0105(?:01|03|04|06|0a|0b)|2a864886f70d010c01(?:01|02|05|06)/

/** Whether it names an encryption scheme that today's OpenSSL refuses without its legacy provider. */
export function usesLegacyScheme(bytes: Uint8Array): boolean {
  let hex = ''
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return LEGACY.test(hex)
}
