// The examples of RFC 7515, 7516, 7519, 7520, 7797 and 8037, as data: each decodes to the letter,
// verifies or decrypts with its key, and does neither once a byte of it is another.

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runMain } from '../support/world.ts'

interface Vector {
  readonly name: string
  readonly token: string | Readonly<Record<string, unknown>>
  readonly key: Readonly<Record<string, unknown>> | null
  readonly payload: string | null
  /** travels beside the token */
  readonly detached?: string
  /** an algorithm that is named and refused */
  readonly refused?: string
}

const read = (name: string): Vector[] =>
  JSON.parse(readFileSync(new URL(`../support/vectors/${name}.json`, import.meta.url), 'utf8'))

const write = ({ token }: Vector): string =>
  typeof token === 'string' ? token : JSON.stringify(token)

const keyFile = ({ key }: Vector): Record<string, string> => ({
  key: typeof key?.password === 'string' ? key.password : JSON.stringify(key),
})

/** Another letter in the middle of the last part, or of each signature. */
function spoil(vector: Vector): string {
  const swap = (text: string): string => {
    const at = Math.floor(text.length / 2)
    return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
  }
  if (typeof vector.token === 'string') {
    const parts = vector.token.split('.')
    return [...parts.slice(0, -1), swap(parts.at(-1) ?? '')].join('.')
  }
  return JSON.stringify(vector.token, (name, value: unknown) =>
    (name === 'signature' || name === 'tag') && typeof value === 'string' ? swap(value) : value,
  )
}

describe('signed', () => {
  const vectors = read('signed')

  it.each(vectors)('$name decodes to the letter', async (vector) => {
    const stdin = write(vector)
    const { exit, stdout, stderr } = await runMain(['decode', '--payload', '--raw'], { stdin })
    expect(stderr).toBe('')
    expect(exit).toBe(0)
    if (vector.payload !== null) {
      expect(Buffer.from(stdout, 'latin1').toString('utf8')).toBe(vector.payload)
    }
  })

  const verify = async (
    vector: Vector,
    stdin: string,
  ): Promise<{ exit: number; verdict: Verdict }> => {
    const { exit, stdout, stderr } = await runMain(
      [
        ...['verify', '--json', '--signature-only', '--key', 'key'],
        ...(vector.detached === undefined ? [] : ['--detached-payload', 'payload']),
      ],
      { stdin, files: { ...keyFile(vector), payload: vector.detached ?? '' } },
    )
    expect(stderr).toBe('')
    return { exit, verdict: JSON.parse(stdout) }
  }
  interface Verdict {
    readonly ok: boolean
    readonly signature: { readonly status: string }
  }

  const good = vectors.filter(({ key }) => key !== null)
  it.each(good)('$name verifies', async (vector) => {
    const { exit, verdict } = await verify(vector, write(vector))
    expect(verdict).toMatchObject({ ok: true, signature: { status: 'valid' } })
    expect(exit).toBe(0)
  })

  it.each(good)('$name does not, with another signature', async (vector) => {
    const { exit, verdict } = await verify(vector, spoil(vector))
    expect(verdict).toMatchObject({ ok: false, signature: { status: 'invalid' } })
    expect(exit).toBe(7)
  })
})

describe('encrypted', () => {
  const vectors = read('encrypted')

  it.each(vectors)('$name shows its header without a key', async (vector) => {
    const { exit, stdout } = await runMain(['decode', '--json'], { stdin: write(vector) })
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'jwe', payload: null })
    expect(exit).toBe(0)
  })

  const args = ['decode', '--payload', '--raw', '--key', 'key']
  const open = vectors.filter(({ refused }) => refused === undefined)
  it.each(open)('$name opens', async (vector) => {
    const run = await runMain(args, { stdin: write(vector), files: keyFile(vector) })
    expect(run.stderr).toBe('')
    expect(Buffer.from(run.stdout, 'latin1').toString('utf8')).toBe(vector.payload)
    expect(run.exit).toBe(0)
  })

  it.each(open)('$name does not, with another tag', async (vector) => {
    const run = await runMain(args, { stdin: spoil(vector), files: keyFile(vector) })
    expect(run.stdout).toBe('')
    expect(run.stderr).toContain('does not open it')
    expect(run.exit).toBe(3)
  })

  it.each(vectors.filter(({ refused }) => refused !== undefined))(
    '$name is named and refused',
    async (vector) => {
      const run = await runMain(args, { stdin: write(vector), files: keyFile(vector) })
      expect(run.stderr).toContain(`${vector.refused}`)
      expect(run.exit).toBe(2)
    },
  )
})
