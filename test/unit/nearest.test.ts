import { expect, test } from 'vitest'
import { nearest } from '../../src/core/nearest.ts'

const FIELDS = ['description', 'provider', 'environment', 'environments', 'extends', 'issuer']
const MORE = [
  'subject',
  'audience',
  'scopes',
  'client_id',
  'client_secret',
  'key',
  'key_path',
  'key_id',
  'tls',
]
const ALL = [...FIELDS, ...MORE]

test.each<[string, string | undefined]>([
  ['scopess', 'scopes'],
  ['scope', 'scopes'],
  ['Scopes', 'scopes'],
  ['socpes', 'scopes'],
  ['clientId', 'client_id'],
  ['client-secret', 'client_secret'],
  ['clientsecert', 'client_secret'],
  ['key-path', 'key_path'],
  ['keypth', 'key_path'],
  ['keys', 'key'],
  ['enviroment', 'environment'],
  ['enviroments', 'environments'],
  ['aud', 'audience'],
  ['sub', 'subject'],
  ['iss', 'issuer'],
  ['tsl', 'tls'],
  ['issuer', 'issuer'],
  // nothing near enough
  ['password', undefined],
  ['x', undefined],
  ['keyboard', undefined],
  ['', undefined],
  ['s'.repeat(100_000), undefined],
])('%.20s → %s', (name, expected) => {
  expect(nearest(name, ALL)).toBe(expected)
})

test('what is merely mistyped comes before what is cut off, and the first of equals wins', () => {
  expect(nearest('prod', ['production', 'prods'])).toBe('prods')
  expect(nearest('prod', ['staging', 'production'])).toBe('production')
  expect(nearest('sandbax', ['sandbex', 'sandbox'])).toBe('sandbex')
  expect(nearest('stagin', ['stagnant', 'staging'])).toBe('staging')
  expect(nearest('entry', ['entries'])).toBe('entries')
  expect(nearest('a', ['b', 'c'])).toBeUndefined()
  expect(nearest('a', [])).toBeUndefined()
})
