import { describe, expect, it } from 'vitest'
import { repeatCommand } from '../../src/core/again.ts'

const ROWS: readonly (readonly [fix: string, argv: readonly string[], typed: string])[] = [
  ['tokentool get va -e staging', ['get', 'va'], 'tokentool get va -e staging'],
  ['tokentool get va', ['get', 'vaa', '-c', 'my file.yaml'], "tokentool get va -c 'my file.yaml'"],
  ['tokentool profile list', ['get', 'x', '--config=a.yaml'], 'tokentool profile list -c a.yaml'],
  ['tokentool get va -e dev', ['get', 'va', '--sandbox'], 'tokentool get va -e dev --sandbox'],
  ['tokentool get --sandbox', ['get', '--sandbox'], 'tokentool get --sandbox'],
  ['tokentool profile show va', ['get', 'va', '--sandbox'], 'tokentool profile show va'],
  ['tokentool get va -c a.yaml', ['get', 'b', '-c', 'a.yaml'], 'tokentool get va -c a.yaml'],
  ['tokentool init', ['get', '-c', 'a.yaml'], 'tokentool init'],
  // what is behind the -- is another command's
  [
    'tokentool get va -e dev',
    ['exec', '-c', 'a.yaml', 'va', '--', 'curl', '-c', 'jar', '--sandbox'],
    'tokentool exec va -e dev -c a.yaml -- …',
  ],
  ['tokentool get va -e dev', ['exec', 'A=va', 'B=vb', '--', 'make'], 'tokentool get va -e dev'],
  ['tokentool get va', ['exec', '-s', 'a=b', 'v', '--', 'make'], 'tokentool exec va -- …'],
  ['tokentool profile list', ['exec', 'v', '--', 'make'], 'tokentool profile list'],
  [
    'issuer: the audience of the account',
    ['get', '-c', 'a.yaml'],
    'issuer: the audience of the account',
  ],
]

describe('a fix that is a command', () => {
  it.each(ROWS)('%s after %j', (fix, argv, typed) => {
    expect(repeatCommand(fix, argv)).toBe(typed)
  })
})
