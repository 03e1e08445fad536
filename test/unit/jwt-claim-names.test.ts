import { expect, test } from 'vitest'
import { describeClaim, isTimeClaim } from '../../src/core/jwt/claim/claim-names.ts'
import { KNOWN_SECRETS } from '../../src/core/jwt/claim/known-secrets.ts'

test.each([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'act', 'may_act', 'cnf', 'scope', 'scp'],
  ...['scopes', 'roles', 'groups', 'azp', 'appid', 'tid', 'oid', 'at_hash', 'nonce', 'auth_time'],
  ...['amr', 'acr', 'sid', 'events', 'kubernetes.io', 'client_id', 'entitlements', '_sd', 'vct'],
])('%s is described in a few words', (name) => {
  expect(describeClaim(name)).toMatch(/^[^\n.]{5,80}$/)
})

test.each(['x', '', 'constructor', '__proto__', 'toString', 'ISS'])('%j is not', (name) => {
  expect(describeClaim(name)).toBeUndefined()
  expect(isTimeClaim(name)).toBe(false)
})

test.each([
  ['iat', true],
  ['nbf', true],
  ['exp', true],
  ['auth_time', true],
  ['updated_at', true],
  ['sub', false],
  ['expires_in', false],
  ['version', false],
])('%s holds an instant: %s', (name, expected) => {
  expect(isTimeClaim(name)).toBe(expected)
})

test('a secret that everybody knows is listed once', () => {
  for (const secret of ['secret', 'your-256-bit-secret', 'changeme']) {
    expect(KNOWN_SECRETS).toContain(secret)
  }
  expect(new Set(KNOWN_SECRETS).size).toBe(KNOWN_SECRETS.length)
})
