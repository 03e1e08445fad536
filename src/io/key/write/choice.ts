// Which of the keys that a file holds.

import { TokenError } from '../../../core/error.ts'
import { quotePath } from '../../../core/key/key-refusal.ts'
import { quoteShell } from '../../../core/shell.ts'
import { thumbprintOf } from '../describe/fingerprint.ts'
import type { Contents } from '../open/contents.ts'
import type { Item } from '../open/item.ts'
import type { Wish } from './conversion.ts'

export type Usable = Item & { readonly key: NonNullable<Item['key']> }

export const isUsable = (item: Item): item is Usable => item.key !== undefined

export function chooseOne(usable: readonly Usable[], contents: Contents, wish: Wish): Usable {
  const { form, kid } = wish
  const named = kid !== undefined && (contents.isSet || isChoice(usable, contents))
  const found = named ? findNamed(usable, kid) : usable
  const [first] = found
  if (first === undefined) throw named ? refuseKid(usable, wish) : refuseNone(contents, wish)
  // of a key with its chain the leaf comes first; of a set, none does
  const keys = found.filter(({ role }) => role === first.role)
  const several = contents.isSet || (first.role === 'private' && keys.length > 1)
  if (several && keys.length > 1) {
    const ids = keys.map((one) => callIt(one, keys))
    const message = `${keys.length} keys fit, and --to ${form} writes one: ${ids.join(', ')}`
    throw new TokenError('usage', message, {
      fix: [
        ...ids.slice(0, 1).map((id) => `--kid ${quoteShell(id)}`),
        `--to ${form.startsWith('public') ? 'public-jwks' : 'jwks'}`,
      ],
    })
  }
  return first
}

/** Whether --kid says which; of one key it says what to call it. */
export function isChoice(usable: readonly Usable[], { isSet }: Contents): boolean {
  return isSet || usable.filter(({ role }) => role === usable[0]?.role).length > 1
}

/** By kid, by alias, and by thumbprint where no kid or alias is the same. */
function findNamed(usable: readonly Usable[], name: string): Usable[] {
  const called = usable.filter(({ id, alias }) => id === name || alias === name)
  return called.length > 0 ? called : usable.filter(({ key }) => printOf(key) === name)
}

function printOf(key: Usable['key']): string | undefined {
  return key.type === 'secret' ? undefined : thumbprintOf(key)
}

/** What --kid takes for it and for no other. */
function callIt({ key, id, alias }: Usable, keys: readonly Usable[]): string {
  const name = id ?? alias
  const only = name !== undefined && findNamed(keys, name).length === 1
  return (only ? name : printOf(key)) ?? name ?? 'one without a kid'
}

function refuseKid(usable: readonly Usable[], { kid }: Wish): TokenError {
  const ids = usable.map((one) => callIt(one, usable))
  return new TokenError('key_missing', `--kid ${kid}: there is no such key in it`, {
    means: `there ${ids.length === 1 ? 'is' : 'are'} ${ids.join(', ')}`,
  })
}

export function refuseNone({ items, name }: Contents, { form, path }: Wish): TokenError {
  const isPublic = items.length > 0
  const file = path === undefined ? '' : ` ${quotePath(path)}`
  const hold = / blocks$/.test(name) ? 'hold' : 'holds'
  const from = isPublic ? `${name} ${hold} no private key` : `${name} ${hold} no key`
  const fix = isPublic && /^(pem|jwks?)$/.test(form)
  const target = form === 'pem' ? 'public' : `public-${form}`
  return new TokenError('key_unusable', `${from}, which --to ${form} needs`, {
    ...(fix && { fix: `tokentool key convert${file} --to ${target}` }),
  })
}
