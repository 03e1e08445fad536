// Variables in the words of each shell: set so that nothing in a value is ever run, and taken back
// where there is none, because eval "$(…)" carries on after a failure even under set -e. One line, so
// that an eval without its quotes reads the same.

import { nearest } from '../nearest.ts'
import { encloseShell } from '../shell.ts'
import type { Asked } from './asked.ts'
import { FORMS } from './form-names.ts'
import { SHELLS, type Shell } from './shell-names.ts'
import { isVariable, USUAL_NAMES } from './variable.ts'

interface Words {
  set(pairs: readonly (readonly [name: string, value: string])[]): string
  /** ends false, in the sense of that shell */
  fail(names: readonly string[]): string
  /** what it has no words for */
  readonly unspeakable?: RegExp
}

const SH: Words = {
  set: (pairs) =>
    `export ${pairs.map(([name, value]) => `${name}=${encloseShell(value)}`).join(' ')}`,
  fail: (names) => `unset ${names.join(' ')}; false`,
}

export const WORDS: Readonly<Record<Shell, Words>> = {
  sh: SH,
  bash: SH,
  zsh: SH,
  fish: {
    set: (pairs) =>
      pairs
        .map(([name, value]) => `set -gx ${name} '${value.replace(/[\\']/g, '\\$&')}'`)
        .join('; '),
    fail: (names) => `set -e ${names.join(' ')}; false`,
  },
  powershell: {
    set: (pairs) =>
      pairs.map(([name, value]) => `$env:${name} = '${value.replaceAll("'", "''")}'`).join('; '),
    // throw would end a script that has not asked for it; this does under ErrorActionPreference Stop
    fail: (names) =>
      `${names.map((name) => `$env:${name} = $null`).join('; ')}; Write-Error 'tokentool has no token'`,
    // it takes the curly quotes for straight ones, and reads UTF-8 in a code page where other
    // letters become those
    unspeakable: /[^\x20-\x7e]/,
  },
  cmd: {
    // a line each: for /f runs every line as one command, and takes & for a part of it
    set: (pairs) => pairs.map(([name, value]) => `set "${name}=${value}"`).join('\n'),
    // exit /b would close the window
    fail: (names) => [...names.map((name) => `set "${name}="`), 'cmd /c exit 1'].join('\n'),
    unspeakable: /[^\x20-\x7e]|["%!^&<>|]/,
  },
}

type Env = Readonly<Record<string, string | undefined>>

/** By the name of the program in $SHELL. */
export function guessShell(env: Env): Shell {
  const [, program] = /([^/\\]*?)(?:\.exe)?$/i.exec(env.SHELL ?? '') ?? []
  if (program === 'fish') return 'fish'
  if (program === 'pwsh' || program === 'powershell') return 'powershell'
  return !program && env.OS === 'Windows_NT' ? 'powershell' : 'sh'
}

export function findShell(name: string | undefined, env: Env): Shell {
  return SHELLS.find((shell) => shell === name) ?? guessShell(env)
}

/** By other names, for those who type them. */
const FOR_SHELLS = ['env', 'environment', 'export', 'eval', 'shell', 'variables', ...SHELLS]

/** Whether a shell probably evaluates what is printed: the form, or what can only be a slip for it. */
export function isEvaluated({ form = '' }: Asked): boolean {
  if (FORMS.some((known) => known === form)) return form === 'env'
  const close = nearest(form, [...FOR_SHELLS, ...FORMS])
  return FOR_SHELLS.some((known) => known === close)
}

/** A name that is none is not repeated: a shell runs this. */
export function describeFailure({ name, shell }: Asked, env: Env): string {
  const names = name !== undefined && isVariable(name) ? [name] : USUAL_NAMES
  return WORDS[findShell(shell, env)].fail(names)
}
