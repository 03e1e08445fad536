import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TokenError } from '../../src/core/error.ts'
import { readKeyFile } from '../../src/io/key/open/key.ts'

let folder = ''
const isRoot = process.getuid?.() === 0
const NOBODY = 65534

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'key-file-'))
  chmodSync(folder, 0o755)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function make(name: string, mode = 0o600, owner?: number, content = 'key\n'): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  if (owner !== undefined) chownSync(path, owner, owner)
  chmodSync(path, mode)
  return path
}

function refusal(act: () => unknown): TokenError {
  try {
    act()
  } catch (error) {
    if (error instanceof TokenError) return error
    throw error
  }
  throw new Error('it was taken')
}

/** Root may read and write everything, so what others may do is asked as another. */
function asNobody<T>(act: () => T): T {
  process.seteuid?.(NOBODY)
  try {
    return act()
  } finally {
    process.seteuid?.(0)
  }
}

describe('readKeyFile', () => {
  it('reads the bytes, by way of a link too', () => {
    const path = make('a.pem', 0o600, undefined, 'K\u00e4y\r\n')
    symlinkSync(path, join(folder, 'link'))
    expect(Buffer.from(readKeyFile(join(folder, 'link'), 'link').bytes).toString()).toBe('Käy\r\n')
    expect(readKeyFile(path, 'a.pem').warnings).toEqual([])
  })

  const modes: [number, 'fine' | 'warned' | 'refused'][] = [
    [0o400, 'fine'],
    [0o600, 'fine'],
    [0o700, 'fine'],
    [0o640, 'warned'],
    [0o604, 'warned'],
    [0o644, 'warned'],
    [0o755, 'warned'],
    [0o620, 'refused'],
    [0o602, 'refused'],
    [0o660, 'refused'],
    [0o664, 'refused'],
    [0o666, 'refused'],
    [0o777, 'refused'],
  ]
  for (const [mode, verdict] of modes) {
    it(`${mode.toString(8)} is ${verdict}`, () => {
      const path = make(`mode ${mode}`, mode)
      const read = (): readonly string[] => readKeyFile(path, './k 1.pem').warnings
      if (verdict === 'refused') {
        const error = refusal(read)
        expect(error.code).toBe('key_unusable')
        expect(error.message).toBe('./k 1.pem can be changed by other users')
        expect(error.details.fix).toBe("chmod 600 './k 1.pem'")
      } else if (verdict === 'warned') {
        expect(read()).toEqual(["./k 1.pem can be read by other users; chmod 600 './k 1.pem'"])
      } else expect(read()).toEqual([])
    })
  }

  it('the command it gives mends the file', () => {
    const path = make("it's open", 0o666)
    const error = refusal(() => readKeyFile(path, path))
    execFileSync('sh', ['-c', `${error.details.fix}`])
    expect(readKeyFile(path, path).warnings).toEqual([])
  })

  describe.runIf(isRoot)("as Kubernetes hands it out: root's, and not ours to write", () => {
    for (const mode of [0o444, 0o644, 0o440, 0o640]) {
      it(`${mode.toString(8)} is fine`, () => {
        const path = make(`kube ${mode}`, mode, 0)
        if ((mode & 0o004) === 0) chownSync(path, 0, NOBODY)
        process.setegid?.(NOBODY)
        try {
          expect(asNobody(() => readKeyFile(path, 'k').warnings)).toEqual([])
        } finally {
          process.setegid?.(0)
        }
      })
    }

    it('444 is fine for root as well; 644 on its own disk is not', () => {
      expect(readKeyFile(make('r444', 0o444, 0), 'k').warnings).toEqual([])
      expect(readKeyFile(make('r644', 0o644, 0), 'k').warnings.length).toBe(1)
    })

    it('but not when others can write it', () => {
      const path = make('kube open', 0o664, 0)
      expect(refusal(() => asNobody(() => readKeyFile(path, 'k'))).code).toBe('key_unusable')
    })

    it("someone else's is refused, since its owner can change it", () => {
      const path = make('theirs', 0o644, 1000)
      const error = refusal(() => asNobody(() => readKeyFile(path, 'k')))
      expect(error.message).toBe('k belongs to another user (uid 1000)')
      expect(error.details.fix).toBe('sudo chown "$(id -un)" k')
    })

    it('root works on files of all users, and is told whose they are', () => {
      const path = make('handed', 0o600, 1000)
      expect(readKeyFile(path, 'k').warnings).toEqual([
        'k belongs to another user (uid 1000), who can change it',
      ])
    })

    it('what may not be read', () => {
      const path = make('closed', 0o600, 1000)
      const error = refusal(() => asNobody(() => readKeyFile(path, 'k')))
      expect(error.code).toBe('key_unreadable')
      expect(error.message).toBe('k may not be read by this user')
    })
  })

  it('what is not there', () => {
    const missing = ['nowhere.pem', 'a.pem/deeper', 'nul\0byte', 'x'.repeat(5000)]
    for (const name of missing) {
      const error = refusal(() => readKeyFile(join(folder, name), './k.pem'))
      expect(error.code).toBe('key_missing')
      expect(error.message).toBe('./k.pem does not exist')
    }
  })

  it('what is no file: a folder, a pipe that nobody writes to, a device, a loop of links', () => {
    mkdirSync(join(folder, 'sub'))
    execFileSync('mkfifo', [join(folder, 'pipe')])
    symlinkSync('loop', join(folder, 'loop'))
    const table: [string, RegExp][] = [
      [join(folder, 'sub'), /^k is a folder, not a file$/],
      [join(folder, 'pipe'), /^k is a pipe, not a file$/],
      ['/dev/null', /^k is a device, not a file$/],
      [join(folder, 'loop'), /^k cannot be read \(ELOOP\)$/],
    ]
    for (const [path, message] of table) {
      const error = refusal(() => readKeyFile(path, 'k'))
      expect(error.code).toBe('key_unreadable')
      expect(error.message).toMatch(message)
    }
  })

  it('what is too large, and what is just not', () => {
    const most = 256 * 1024
    const full = make('full', 0o600, undefined, 'a'.repeat(most))
    expect(readKeyFile(full, 'k').bytes.length).toBe(most)
    const over = make('over', 0o600, undefined, 'a'.repeat(most + 1))
    const error = refusal(() => readKeyFile(over, 'k'))
    expect(error.code).toBe('key_unusable')
    expect(error.message).toBe('k is larger than 256 KiB')
  })
})
