// The shells of this machine. One that is missing fails the test: what it would have shown is not known.

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'

export const PACKAGES: Readonly<Record<string, string>> = {
  dash: 'dash',
  bash: 'bash',
  zsh: 'zsh',
  fish: 'fish',
  curl: 'curl',
  kubectl: 'kubernetes-client',
}

export function requireProgram(name: string): void {
  try {
    execFileSync('which', [name], { stdio: 'ignore' })
  } catch {
    throw new Error(`${name} is not here: apt-get install ${PACKAGES[name] ?? name}`)
  }
}

/** Without the files a shell reads when it starts. */
const BARE: Readonly<Record<string, readonly string[]>> = {
  dash: ['dash'],
  bash: ['bash', '--norc', '--noprofile'],
  zsh: ['zsh', '-f'],
  fish: ['fish', '--no-config'],
}

export interface Said {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Not waited for in this thread: a service of the test may have to answer. */
export async function runShell(
  shell: string,
  script: string,
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Said> {
  requireProgram(shell)
  const [program = shell, ...args] = BARE[shell] ?? [shell]
  const child = spawn(program, [...args, '-c', script], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, LANG: 'C.UTF-8', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, stdout, stderr }
}
