// Variables, for a shell to eval or a file to hold.

import type { TokenSet } from '../../call/token.ts'
import type { Shell } from '../shell-names.ts'
import { WORDS } from '../shell-words.ts'
import { listVariables, type Pair } from '../variable.ts'
import { refuseValue, requirePlainToken, requirePlainUse } from './plain.ts'

function listPlain(set: TokenSet, name: string | undefined): Pair[] {
  requirePlainToken(set)
  if (name === undefined) requirePlainUse(set)
  return listVariables(set, name)
}

export function writeEnv(set: TokenSet, name: string | undefined, shell: Shell): string {
  const pairs = listPlain(set, name)
  const { unspeakable } = WORDS[shell]
  const mute = pairs.find(([, value]) => unspeakable?.test(value))
  if (mute) throw refuseValue(set, mute, shell, 'it has no words for a character in it')
  return WORDS[shell].set(pairs)
}

/** For the dotenv packages, and for `set -a; . ./file` in a shell. */
export function writeDotenv(set: TokenSet, name: string | undefined): string {
  return listPlain(set, name)
    .map((pair) => {
      const quoted = quoteDotenv(pair[1])
      if (quoted === undefined) {
        const means = 'with these quotes, $ and \\ in it, readers of such files differ'
        throw refuseValue(set, pair, 'a dotenv file', means)
      }
      return `${pair[0]}=${quoted}`
    })
    .join('\n')
}

/** undefined: shells and dotenv packages would not read the same, however it is written. */
function quoteDotenv(value: string): string | undefined {
  // docker --env-file takes quotes for a part of the value, so what needs none gets none
  if (/^[\w./+-][\w./+=-]*$/.test(value)) return value
  if (value.includes('\\')) return undefined
  if (!value.includes("'")) return `'${value}'`
  return /["$`!]/.test(value) ? undefined : `"${value}"`
}

/**
 * GitLab takes no quotes and no spaces, and expands $NAME and %NAME% when it hands the value on:
 * https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv
 */
export function writeGitlab(set: TokenSet, name = 'ACCESS_TOKEN'): string {
  const pair: Pair = [name, requirePlainToken(set)]
  if (/[\s$]|%%|%[A-Za-z_]\w*%/.test(pair[1]) || !/^[\x21-\x7e]+$/.test(pair[1])) {
    throw refuseValue(
      set,
      pair,
      'GitLab',
      'a dotenv report holds no spaces, and $ stands for others',
    )
  }
  return pair.join('=')
}
