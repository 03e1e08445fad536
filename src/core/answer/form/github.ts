// What a GitHub runner is told: on stdout what its log must not show, in its files the rest.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands

import type { TokenSet } from '../../call/token.ts'
import { toIso } from '../expiry.ts'
import { requirePlainToken } from './plain.ts'

export interface GithubTexts {
  readonly masks: string
  /** for $GITHUB_OUTPUT */
  readonly output: string
  /** for $GITHUB_ENV */
  readonly environment: string | undefined
}

/** `issued`: every token and assertion of the run. */
export function writeGithub(
  set: TokenSet,
  name: string | undefined,
  issued: readonly string[],
): GithubTexts {
  const token = requirePlainToken(set)
  const expiry = set.expiresAt === undefined ? '' : toIso(set.expiresAt)
  return {
    masks: writeMasks([token, set.use.value.reveal(), ...issued]),
    // a value on one line needs no delimiter, which a value could end
    output: `token=${token}\nexpires_at=${expiry}\n`,
    environment: name === undefined ? undefined : `${name}=${token}\n`,
  }
}

/** Logs are searched line by line, so each line is hidden by itself. */
export function writeMasks(values: readonly string[]): string {
  const lines = values.flatMap((value) => [value, ...value.split(/[\r\n]+/)])
  const masks = new Set(lines.filter((line) => line.trim() !== '').map(escapeCommand))
  return [...masks].map((line) => `::add-mask::${line}\n`).join('')
}

function escapeCommand(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}
