// What is to be said of a file as a whole.

import { statSync } from 'node:fs'
import { quotePath } from '../../../core/key/key-refusal.ts'
import type { Contents } from '../open/contents.ts'
import type { Item } from '../open/item.ts'
import { isIssuedBy } from './certificate-facts.ts'
import { spkiOf } from './fingerprint.ts'
import { belongsTo, sortBySeverity } from './key-report.ts'
import type { Remark } from './remark.ts'

/** What concerns more than one of them, or the file they are in. */
export function judgeContents(
  { items, refused, unread, isSet, mended }: Contents,
  file: { readonly path: string | undefined; readonly shown: string },
): Remark[] {
  const remarks: Remark[] = []
  const add: Add = (severity, code, message, fix) =>
    void remarks.push({ severity, code, message, ...(fix !== undefined && { fix }) })
  const secret = items.some(({ role }) => role === 'private' || role === 'secret')
  if (secret && file.path !== undefined) judgeMode(file.path, file.shown, add)
  for (const { message } of refused) add('error', 'unopened', message)
  for (const kid of findTwice(items.flatMap(({ id }) => id ?? []))) {
    add('error', 'kid-twice', `${kid} is the kid of more than one key; verifiers take any of them`)
  }
  if (isSet && items.length + refused.length === 0) add('error', 'empty', 'there is no key in it')
  for (const [one, other] of isSet ? findTwins(items) : []) {
    add('warning', 'key-twice', `key ${other} is key ${one} once more`)
  }
  if (isSet && secret) {
    const hasPrivate = items.some(({ role }) => role === 'private')
    const hasSecret = items.some(({ role }) => role === 'secret')
    const what = [hasPrivate ? ['private keys'] : [], hasSecret ? ['shared secrets'] : []].flat()
    const fix = `tokentool key convert ${quotePath(file.shown)} --to public-jwks`
    const message = `it holds ${what.join(' and ')}, which nobody may publish`
    add('warning', 'set-private', message, hasPrivate ? fix : undefined)
  }
  judgeChain(items, add)
  for (const lock of unread) {
    const command = `openssl pkcs12 -legacy -nokeys -in ${quotePath(file.shown)}`
    const old = /RC2|RC4|DES$/.test(lock)
    const what = `its certificates are ${old ? 'not read here' : 'encrypted as well'} (${lock})`
    add('info', 'certificates-unread', what, old ? command : undefined)
  }
  if (mended) {
    add('info', 'mended', 'its text was repaired to read it; most other tools will not read it')
  }
  return sortBySeverity(remarks)
}

type Add = (severity: Remark['severity'], code: string, message: string, fix?: string) => void

function judgeMode(path: string, shown: string, add: Add): void {
  const { mode, uid } = statSync(path, { throwIfNoEntry: false }) ?? { mode: 0, uid: 0 }
  // Windows makes these bits up
  if (process.platform === 'win32') return
  const fix = `chmod 600 ${quotePath(shown)}`
  if ((mode & 0o022) !== 0) {
    add('error', 'mode', 'other users can change it, so it is not signed with', fix)
  } else if ((mode & 0o044) !== 0 && !(uid === 0 && (mode & 0o222) === 0)) {
    add('warning', 'mode', 'other users can read it', fix)
  }
}

function findTwice(names: readonly string[]): Set<string> {
  return new Set(names.filter((name, index) => names.indexOf(name) !== index))
}

function findTwins(items: readonly Item[]): [one: number, other: number][] {
  const known = new Map<string, number>()
  return items.flatMap(({ role, key, place }, index): [number, number][] => {
    if (key === undefined) return []
    const bytes = key.type === 'secret' ? key.export() : spkiOf(key)
    const name = `${role} ${bytes.toString('base64')}`
    const number = place ?? index + 1
    const earlier = known.get(name)
    if (earlier === undefined) known.set(name, number)
    return earlier === undefined ? [] : [[earlier, number]]
  })
}

function judgeChain(items: readonly Item[], add: Add): void {
  const chain = items.flatMap(({ role, certificate }) =>
    role === 'certificate' && certificate ? [certificate] : [],
  )
  const [leaf] = chain
  const key = items.find(({ role }) => role === 'private')?.key
  if (leaf && key && !chain.some((der) => belongsTo(der, key))) {
    add('error', 'key-mismatch', 'no certificate in it belongs to its private key')
  }
  const broken = chain.findIndex((der, index) => {
    const issuer = chain[index + 1]
    return issuer !== undefined && !isIssuedBy(der, issuer)
  })
  if (broken >= 0) {
    const [one, next] = [broken + 1, broken + 2]
    add('info', 'no-chain', `certificate ${next} did not issue certificate ${one}: no chain`)
  }
}
