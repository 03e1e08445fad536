// The bytes of a profile file become a document, or one error with all that is wrong in it.

import { dirname } from 'node:path'
import { TokenError } from '../../core/error.ts'
import type { Place, Plain, ProfileDocument } from '../../core/file/document.ts'
import { fileInvalid, type Mistake } from '../../core/file/mistake.ts'
import { LARGEST, tooLarge } from '../../core/file/size.ts'
import { readNodes, type Spot } from './nodes.ts'
import { readTree } from './syntax.ts'

export type DocumentMeta = Pick<ProfileDocument, 'file' | 'shown' | 'origin'>

export function parseDocument(bytes: Uint8Array, meta: DocumentMeta): ProfileDocument {
  const text = decode(bytes, meta.shown)
  const mistakes: Mistake[] = []
  const locate = createLocator(text, meta.shown)
  const report = (offset: number, path: Mistake['path'], message: string) => {
    mistakes.push({ place: locate(offset), path, message })
  }

  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]|\r(?!\n)/.exec(text)
  if (control) {
    const code = control[0].charCodeAt(0).toString(16).padStart(4, '0')
    report(control.index, [], `a control character stands here (U+${code.toUpperCase()})`)
    throw fileInvalid(mistakes)
  }
  const tree = readTree(text)
  for (const { offset, message } of tree.flaws) report(offset, [], message)
  if (mistakes.length > 0) throw fileInvalid(mistakes)

  const { data, spot } = readNodes(tree.root, report)
  if (data === null && mistakes.length === 0) throw empty(meta.shown)
  if (typeof data !== 'object' || Array.isArray(data)) {
    const what = Array.isArray(data) ? 'a list' : 'a single value'
    const space =
      typeof data === 'string' && /^[\w.-]+:\S/.test(data)
        ? '; a space is missing after the ":"'
        : ''
    report(spot.from, [], `a profile file is a map of names, but this is ${what}${space}`)
  }
  if (mistakes.length > 0) throw fileInvalid(mistakes)
  return createDocument(meta, data, spot, text, locate)
}

function createDocument(
  meta: DocumentMeta,
  data: Plain,
  root: Spot,
  text: string,
  locate: (offset: number) => Place,
): ProfileDocument {
  return {
    ...meta,
    folder: dirname(meta.file),
    data,
    place(path, of = 'value') {
      let spot = root
      for (const part of path) {
        const next = spot.below.get(`${part}`)
        // whoever is not there is missed by what is around it, and that goes by its name
        if (next === undefined) return locate(spot.key)
        spot = next
      }
      return locate(of === 'key' ? spot.key : spot.from)
    },
    source(path) {
      let spot: Spot | undefined = root
      for (const part of path) spot = spot?.below.get(`${part}`)
      return spot?.written && text.slice(...spot.written)
    },
  }
}

function decode(bytes: Uint8Array, shown: string): string {
  if (bytes.length > LARGEST) throw tooLarge(shown)
  if (bytes.length === 0) throw empty(shown)
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new TokenError('file_invalid', `${shown} is UTF-16`, {
      fix: `save it as UTF-8`,
    })
  }
  if (bytes.includes(0)) {
    throw new TokenError('file_invalid', `${shown} is binary, not YAML or JSON`)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const text = new TextDecoder().decode(bytes)
    const place = createLocator(text, shown)(text.indexOf('\ufffd'))
    const message = 'this is not UTF-8'
    throw fileInvalid([{ place, path: [], message, fix: 'save the file as UTF-8' }])
  }
}

function empty(shown: string): TokenError {
  return new TokenError('file_invalid', `${shown} is empty`, { fix: 'tokentool init' })
}

function createLocator(text: string, file: string): (offset: number) => Place {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}
