// ASN.1 taken apart whole, where der.ts only looks at the outside: strict, and with what BER allows
// besides DER (open lengths, strings in pieces), because PKCS#12 files are written so.

import { readElement } from './der.ts'

export interface DerNode {
  readonly tag: number
  readonly content: Uint8Array
  /** with its tag and length; of what was BER, without the end marks */
  readonly whole: Uint8Array
}

export const INTEGER = 0x02
export const BIT_STRING = 0x03
export const OCTET_STRING = 0x04
export const OID = 0x06
export const SEQUENCE = 0x30
export const SET = 0x31
export const CONTEXT_0 = 0xa0
export const CONTEXT_1 = 0xa1
export const CONTEXT_3 = 0xa3

const CONSTRUCTED = 0x20
const OPEN_LENGTH = 0x80
const DEEPEST = 24
const MOST = 2000

/** What stands in these bytes, one after the other; undefined: they are no ASN.1. */
export function listNodes(bytes: Uint8Array, depth = 0): DerNode[] | undefined {
  const nodes: DerNode[] = []
  let at = 0
  while (at < bytes.length) {
    const node = nodes.length < MOST ? readNode(bytes, at, depth) : undefined
    if (node === undefined) return undefined
    nodes.push(node)
    at += node.whole.length
  }
  return nodes
}

/** The first of these bytes; what follows it is not looked at. */
export function readNode(bytes: Uint8Array, at = 0, depth = 0): DerNode | undefined {
  const element = readElement(bytes, at)
  if (element === undefined) return undefined
  const { tag, start } = element
  if (bytes[at + 1] === OPEN_LENGTH) {
    const end = (tag & CONSTRUCTED) === 0 ? undefined : findEnd(bytes, start, depth)
    return end === undefined
      ? undefined
      : { tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end + 2) }
  }
  if (element.end > bytes.length) return undefined
  return {
    tag,
    content: bytes.subarray(start, element.end),
    whole: bytes.subarray(at, element.end),
  }
}

/** Where the two zero bytes stand that close an open length. */
function findEnd(bytes: Uint8Array, start: number, depth: number): number | undefined {
  if (depth > DEEPEST) return undefined
  let at = start
  for (let count = 0; count < MOST; count++) {
    if (bytes[at] === 0 && bytes[at + 1] === 0) return at
    const node = readNode(bytes, at, depth + 1)
    if (node === undefined) return undefined
    at += node.whole.length
  }
  return undefined
}

export function childrenOf(node: DerNode | undefined): DerNode[] {
  return (node && listNodes(node.content)) ?? []
}

/** The bytes of a string that may stand in pieces. */
export function joinString(node: DerNode | undefined, depth = 0): Uint8Array | undefined {
  if (node === undefined || depth > DEEPEST) return undefined
  if ((node.tag & CONSTRUCTED) === 0) return node.content
  const parts = childrenOf(node).map((child) => joinString(child, depth + 1))
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + (part?.length ?? 0), 0))
  let at = 0
  for (const part of parts) {
    if (part === undefined) return undefined
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** A small positive number; undefined: another thing, or too large for anything here. */
export function readNumber(node: DerNode | undefined): number | undefined {
  if (node?.tag !== INTEGER || node.content.length > 5) return undefined
  return node.content.reduce((sum, byte) => sum * 256 + byte, 0)
}

/** In dots: 1.2.840.113549.1.7.1 */
export function readOid(node: DerNode | undefined): string | undefined {
  if (node?.tag !== OID || node.content.length > 40) return undefined
  const parts: number[] = []
  let value = 0
  for (const byte of node.content) {
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      parts.push(value)
      value = 0
    }
  }
  const [first = 0, ...rest] = parts
  const root = Math.min(2, Math.floor(first / 40))
  return [root, first - root * 40, ...rest].join('.')
}
