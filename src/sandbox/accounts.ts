// The accounts file: YAML, read with care, and every mistake in it named by its place.

import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { TokenError } from '../core/error.ts'
import { quotePath } from '../core/key/key-refusal.ts'
import { createEntry } from './entry.ts'
import { type Accounts, findTwin, SERVICES } from './twins.ts'

const LARGEST = 256 * 1024
/** Two deeply nested documents in one process abort Node inside the parser, beyond any catch. */
const DEEPEST = 64

/** Paths in the file are relative to it. `shown`: what the user calls it. */
export async function readAccountsFile(path: string, shown = path): Promise<Accounts> {
  const text = decodeText(await loadFile(path, shown), shown)
  const value = await parseYaml(text, shown)
  const folder = dirname(resolve(path))
  try {
    return readAccounts(value, (named) => readFileSync(resolve(folder, named), 'utf8'))
  } catch (error) {
    if (!(error instanceof TokenError)) throw error
    throw new TokenError(error.code, `${shown}: ${error.message}`, error.details)
  }
}

/** `read` gives the text of a key or certificate file. */
export function readAccounts(value: unknown, read: (path: string) => string): Accounts {
  if (value === null || value === undefined) return {}
  const members = createEntry(value, '', read).members(SERVICES)
  const accounts: Record<string, unknown> = {}
  for (const name of SERVICES) {
    const entry = members.get(name)
    if (entry) accounts[name] = findTwin(name).readAccounts(entry)
  }
  return accounts as Accounts
}

async function loadFile(path: string, shown: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    throw new TokenError(
      code === 'ENOENT' ? 'file_missing' : 'file_unreadable',
      code === 'ENOENT' ? `there is no file ${shown}` : `cannot read ${shown} (${code})`,
      { fix: `ls -l ${quotePath(shown)}`, cause },
    )
  }
}

function decodeText(bytes: Uint8Array, path: string): string {
  if (bytes.length > LARGEST) {
    throw new TokenError('accounts_invalid', `${path} is larger than 256 KiB`)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new TokenError('accounts_invalid', `${path} is not UTF-8 text`, { cause })
  }
}

async function parseYaml(text: string, path: string): Promise<unknown> {
  if (isTooDeep(text)) throw new TokenError('accounts_invalid', `${path} is nested too deeply`)
  const { LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const fault = document.errors[0]
  if (fault) {
    // The parser's own text may quote a secret that stands there; its code cannot.
    const { line, col } = lines.linePos(fault.pos[0])
    const code = fault.code.toLowerCase().replaceAll('_', ' ')
    throw new TokenError('accounts_invalid', `${path}:${line}:${col}: not valid YAML (${code})`)
  }
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    throw new TokenError('accounts_invalid', `${path}: too many aliases`, { cause })
  }
}

/** Judged by characters alone, before any parser sees the text: rather too strict than too late. */
function isTooDeep(text: string): boolean {
  let open = 0
  for (const char of text) {
    if (char === '[' || char === '{') open++
    else if ((char === ']' || char === '}') && open > 0) open--
    if (open > DEEPEST) return true
  }
  return text.split('\n').some((line) => (/^[\s?:-]*/.exec(line)?.[0].length ?? 0) > DEEPEST * 4)
}
