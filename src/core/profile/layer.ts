// A value made of layers, that remembers for every part which layer it came from. Laying is
// RFC 7396's merge patch, but null stays, to remove what lies further down (a provider's column).

import { TokenError } from '../error.ts'
import type { ProfileDocument } from '../file/document.ts'
import { showPath } from '../file/mistake.ts'
import { Hidden } from '../secret/hidden.ts'
import { isList } from '../template/value.ts'
import type { Profile } from './profile.ts'

export type Path = readonly (string | number)[]

export type Origin =
  | { readonly kind: 'file'; readonly document: ProfileDocument; readonly path: Path }
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'handed on'; readonly profile: string; readonly from?: Profile }
  | { readonly kind: 'provider'; readonly provider: string; readonly environment?: string }

type Tree = { [name: string]: unknown }

export class Layers {
  readonly value: Tree = Object.create(null)
  readonly #origins = new Map<string, Origin>()
  readonly #cuts: Path[] = []

  /** Where something was laid over a null: what lies further down is removed, and not laid under it. */
  get cuts(): readonly Path[] {
    return this.#cuts
  }

  lay(patch: object, originOf: (path: Path) => Origin, below: Path = []): void {
    const target = this.#container(below)
    for (const [name, item] of Object.entries(patch)) {
      const path = [...below, name]
      const under = own(target, name)
      if (isTree(item) && isTree(under)) this.lay(item, originOf, path)
      else {
        if (isTree(item) && under === null) this.#cuts.push(path)
        this.#forget(path)
        define(target, name, structuredCopy(item))
        this.#origins.set(keyOf(path), originOf(path))
      }
    }
  }

  set(path: Path, value: unknown, origin: Origin): void {
    const [name] = path.slice(-1)
    if (name === undefined) return
    // a list is one value: with another item it is another list
    const around = path.findIndex((_, at) => isList(readPath(this.value, path.slice(0, at))))
    if (around > 0) {
      const list = path.slice(0, around)
      this.set(list, replaceItem(this.value, path, around, value, origin), origin)
      return
    }
    const patch: Tree = {}
    define(patch, `${name}`, value)
    this.lay(patch, () => origin, path.slice(0, -1))
  }

  /** Of the value itself, or of the nearest thing around it. */
  originOf(path: Path): Origin | undefined {
    for (let length = path.length; length > 0; length--) {
      const origin = this.#origins.get(keyOf(path.slice(0, length)))
      if (origin === undefined) continue
      if (origin.kind !== 'file') return origin
      return { ...origin, path: [...origin.path, ...path.slice(length)] }
    }
    return undefined
  }

  #container(path: Path): Tree {
    let at: Tree = this.value
    for (const name of path) {
      const next = own(at, `${name}`)
      if (isTree(next)) at = next
      else {
        const made: Tree = {}
        define(at, `${name}`, made)
        at = made
      }
    }
    return at
  }

  #forget(path: Path): void {
    const key = keyOf(path)
    for (const known of this.#origins.keys()) {
      if (known === key || known.startsWith(`${key}\0`)) this.#origins.delete(known)
    }
  }
}

function replaceItem(
  value: unknown,
  path: Path,
  around: number,
  item: unknown,
  origin: Origin,
): unknown {
  const list = readPath(value, path.slice(0, around))
  const index = Number(path[around])
  if (!isList(list) || !Number.isInteger(index) || index < 0 || index > list.length) {
    const where = showPath(path.slice(0, around))
    throw new TokenError(
      'usage',
      `${origin.kind === 'flag' ? `${origin.flag}: ` : ''}${where} is a list`,
      {
        means: `its items go by number, from 0; ${where}[${isList(list) ? list.length : 0}] adds one`,
      },
    )
  }
  const inner = new Layers()
  inner.lay({ item: list[index] ?? {} }, () => origin)
  inner.set(['item', ...path.slice(around + 1)], item, origin)
  return [...list.slice(0, index), inner.value.item, ...list.slice(index + 1)]
}

/** RFC 7396: members of the patch replace, objects meet objects, null removes. */
export function applyPatch(target: unknown, patch: unknown): unknown {
  if (!isTree(patch)) return patch
  const result: Tree = isTree(target) ? { ...target } : {}
  for (const [name, item] of Object.entries(patch)) {
    if (item === null) delete result[name]
    else define(result, name, applyPatch(own(result, name), item))
  }
  return result
}

export function readPath(value: unknown, path: Path): unknown {
  let at = value
  for (const name of path) {
    if (isList(at)) at = at[Number(name)]
    else if (isTree(at)) at = own(at, `${name}`)
    else return undefined
  }
  return at
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !isList(value) && !(value instanceof Hidden)
}

function own(tree: Tree, name: string): unknown {
  return Object.hasOwn(tree, name) ? tree[name] : undefined
}

// Assignment would run the setter of __proto__; for all other names it is ten times as fast.
function define(tree: Tree, name: string, value: unknown): void {
  if (name !== '__proto__') tree[name] = value
  else
    Object.defineProperty(tree, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    })
}

function structuredCopy(value: unknown): unknown {
  if (isList(value)) return value.map(structuredCopy)
  if (!isTree(value)) return value
  const copy: Tree = {}
  for (const [name, item] of Object.entries(value)) define(copy, name, structuredCopy(item))
  return copy
}

function keyOf(path: Path): string {
  return path.join('\0')
}
