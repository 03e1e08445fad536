// Runs the real program as a child with a HOME of its own, and looks every time for what must never
// be seen: a canary (a secret a test planted), a signed token or a stack on stderr, anything on stdout
// after a failure. No test can forget to.

import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect } from 'vitest'

export const PROGRAM = fileURLToPath(new URL('../../bin/tokentool.js', import.meta.url))

const canaries = new Set<string>()
const folders: string[] = []

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A secret that no other test has; it may turn up nowhere. */
export function plantCanary(shape: (random: string) => string = (random) => random): string {
  const canary = shape(randomBytes(15).toString('base64url').replaceAll('-', 'x'))
  canaries.add(canary)
  return canary
}

/** For a key: its body, without the armour that every message about keys may hold. */
export function plantKey(pem: string): string {
  canaries.add(pem.replace(/-----[^-]+-----/g, '').trim())
  return pem
}

export interface Setting {
  /** written below the working folder; modes are 0600 */
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly stdin?: string
  /** an earlier run's folder */
  readonly folder?: string
  /** the answer of this command is a secret that was asked for */
  readonly prints?: readonly string[]
  /** a check that fails prints its findings all the same */
  readonly answersFailure?: boolean
}

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  readonly folder: string
  /** what stdout holds */
  json(): Record<string, unknown>
  /** what stderr holds under --json */
  error(): Record<string, unknown>
}

export function makeFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'tokentool-test-'))
  folders.push(folder)
  mkdirSync(join(folder, 'home'))
  writeFiles(folder, files)
  return folder
}

export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text, { mode: 0o600 })
  }
}

export async function runProgram(args: readonly string[], setting: Setting = {}): Promise<Outcome> {
  const folder = setting.folder ?? makeFolder()
  writeFiles(folder, setting.files ?? {})
  const { code, stdout, stderr } = await spawnProgram(args, folder, setting)
  const outcome: Outcome = {
    code,
    stdout,
    stderr,
    folder,
    json: () => JSON.parse(stdout) as Record<string, unknown>,
    error: () => (JSON.parse(stderr) as { error: Record<string, unknown> }).error,
  }
  checkOutcome(args, outcome, setting)
  return outcome
}

function spawnProgram(
  args: readonly string[],
  folder: string,
  { env = {}, stdin = '' }: Setting,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: join(folder, 'home'), LANG: 'C.UTF-8', ...env },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', fail)
    child.on('close', (code) => done({ code, stdout, stderr }))
    // a program that does not read its input closes the pipe
    child.stdin.on('error', () => {})
    child.stdin.end(stdin)
  })
}

function checkOutcome(args: readonly string[], outcome: Outcome, setting: Setting): void {
  const { code, stdout, stderr, folder } = outcome
  const command = `tokentool ${args.join(' ')}`
  expect(stderr, `${command}: a stack on stderr`).not.toMatch(/\n\s+at .+:\d+/)
  // what exec's command returns and prints is its own affair
  const foreign = args[0] === 'exec' && ![125, 126, 127].includes(code ?? 0)
  const codes = args[0] === 'exec' ? [125, 126, 127] : [0, 1, 2, 3, 4, 5, 6, 7, 130]
  if (!foreign) expect(codes, `${command}: exit code`).toContain(code)
  if (!foreign) expect(code, `${command}: a bug\n${stderr}`).not.toBe(1)
  if (code !== 0 && !foreign && !setting.answersFailure)
    expect(stdout, `${command}: stdout after a failure`).toBe('')
  expect(stderr, `${command}: a signed token on stderr`).not.toMatch(
    /eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/,
  )
  const printed = setting.prints ?? []
  for (const canary of canaries) {
    if (!printed.includes(canary)) expectNoTrace(stdout, canary, `${command}: stdout`)
    expectNoTrace(stderr, canary, `${command}: stderr`)
    for (const [name, text] of readHome(join(folder, 'home')))
      expectNoTrace(name + withoutToken(text), canary, `${command}: ${name}`)
  }
}

/** Whole or in part, in every encoding it may have passed through. */
function expectNoTrace(text: string, canary: string, where: string): void {
  if (text === '') return
  for (const form of encodings(canary)) {
    for (let at = 0; at + 12 <= form.length; at += at + 24 <= form.length ? 12 : 1) {
      // every fragment of 23 characters holds one that begins at a multiple of 12
      const piece = form.slice(at, at + 12)
      if (text.includes(piece)) expect.fail(`${where} holds a secret`)
    }
  }
}

function encodings(canary: string): string[] {
  const bytes = Buffer.from(canary)
  const basic = [
    bytes,
    Buffer.concat([Buffer.from('x'), bytes]),
    Buffer.concat([Buffer.from('xx'), bytes]),
  ]
  return [
    canary,
    encodeURIComponent(canary),
    bytes.toString('hex'),
    JSON.stringify(canary).slice(1, -1),
    ...basic.flatMap((part) => [
      part.toString('base64').slice(4, -4),
      part.toString('base64url').slice(4, -4),
    ]),
  ].filter((form) => form.length >= 12)
}

/** A kept token is what the cache is for, and nothing else is. */
function withoutToken(text: string): string {
  if (!text.startsWith('{"version":')) return text
  try {
    const { token: _, extra, ...rest } = JSON.parse(text) as Record<string, unknown>
    return JSON.stringify({ ...rest, extra: { ...(extra as object), id_token: undefined } })
  } catch {
    // a test damaged it
    return text
  }
}

function* readHome(folder: string): Generator<[string, string]> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) yield* readHome(path)
    else yield [path, readFileSync(path, 'utf8')]
  }
}
