// One value of the accounts file with its place, so that every mistake can be named by it.

import { TokenError } from '../core/error.ts'
import { nearest } from '../core/nearest.ts'
import type { Entry, Members } from './twin.ts'

/** `read` gives a file's text, its path relative to the accounts file. */
export function createEntry(value: unknown, at: string, read: (path: string) => string): Entry {
  const fail = (message: string, fix?: string): never => {
    const place = at === '' ? message : `${at}: ${message}`
    throw new TokenError('accounts_invalid', place, fix === undefined ? {} : { fix })
  }
  const within = (inner: unknown, name: string) => createEntry(inner, join(at, name), read)

  function items(): Entry[] {
    if (!Array.isArray(value)) return fail(`a list belongs here, not ${describe(value)}`)
    return value.map((item, index) => createEntry(item, `${at}[${index}]`, read))
  }

  function text(): string {
    if (typeof value === 'number' || typeof value === 'boolean') {
      return fail(`a text belongs here, not ${describe(value)}`, 'put it in quotes')
    }
    if (typeof value !== 'string') return fail(`a text belongs here, not ${describe(value)}`)
    if (value === '') return fail('this is empty')
    return value
  }

  return {
    at,
    value,
    items,
    text,
    fail,
    members(known: readonly string[]): Members {
      if (!isMapping(value)) return fail(`a mapping belongs here, not ${describe(value)}`)
      for (const name of Object.keys(value)) {
        if (!known.includes(name)) within(null, name).fail(explainUnknown(name, known))
      }
      const get = (name: string) => {
        const inner = Object.hasOwn(value, name) ? value[name] : null
        return inner === undefined || inner === null ? undefined : within(inner, name)
      }
      return { get, need: (name) => get(name) ?? fail(`${name} is missing`) }
    },
    texts: () => (Array.isArray(value) ? items().map((item) => item.text()) : [text()]),
    count() {
      if (typeof value !== 'number') return fail(`a number belongs here, not ${describe(value)}`)
      if (!Number.isSafeInteger(value) || value <= 0) {
        return fail('a whole number above zero belongs here')
      }
      return value
    },
    flag() {
      if (typeof value !== 'boolean')
        return fail(`true or false belongs here, not ${describe(value)}`)
      return value
    },
    choice<Choice extends string>(choices: readonly Choice[]): Choice {
      const word = text()
      const chosen = choices.find((choice) => choice === word)
      return chosen ?? fail(`this is one of ${choices.join(', ')}`)
    },
    pem() {
      const named = text()
      if (named.trimStart().startsWith('-----BEGIN')) return named
      try {
        return read(named)
      } catch {
        return fail(
          'this file cannot be read',
          'check the path; it is relative to the accounts file',
        )
      }
    },
  }
}

function join(at: string, name: string): string {
  const shown = /^[\w-]+$/.test(name) ? name : JSON.stringify(name)
  return at === '' ? shown : `${at}.${shown}`
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function explainUnknown(name: string, known: readonly string[]): string {
  const close = nearest(name, known)
  return close === undefined
    ? `no such name; there are ${known.join(', ')}`
    : `no such name; did you mean ${close}?`
}

/** By its sort only: the value itself may be a secret in the wrong place. */
function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`
}
