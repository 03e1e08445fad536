// A text of a profile as far as the files themselves say it: filled in as for a call, but what comes
// from elsewhere stays a placeholder. Nothing is read or run.

import type { Tools } from '../call/tools.ts'
import { attempt, TokenError } from '../error.ts'
import type { Template } from '../provider.ts'
import { Hidden } from '../secret/hidden.ts'
import { Secrets } from '../secret/secrets.ts'
import type { Placeholder } from '../template/template.ts'
import { isList, revealText, type Text, toText, type Value } from '../template/value.ts'
import { Values } from '../template/values.ts'
import type { Path } from './layer.ts'
import type { Profile } from './profile.ts'
import { isField } from './sources.ts'

export interface Spelling {
  /** the text, or the items of a list */
  readonly shown: readonly string[]
  /** with the variables of this machine; undefined: it cannot be made up now */
  readonly exact: readonly string[] | undefined
  /** only a file, a command, a call or the clock would tell what it comes to */
  readonly vague: boolean
}

interface Sight {
  readonly values: Values
  /** what was asked for besides fields: variables, or something else */
  readonly asked: ReadonlySet<'variable' | 'other'>
}

/** Values that nothing is read for; `env`: variables are filled in. */
export function glimpse(
  profile: Profile,
  tools: Tools,
  { env, tokenEndpoint }: { readonly env: boolean; readonly tokenEndpoint?: string },
): Sight {
  const { standIn: _, ...rest } = tools
  const secrets = new Secrets(() => '')
  const asked = new Set<'variable' | 'other'>()
  const unknown = (placeholder: Placeholder): Hidden | undefined => {
    if (isField(placeholder) || (env && placeholder.kind === 'env')) return undefined
    asked.add(placeholder.kind === 'env' ? 'variable' : 'other')
    return secrets.standIn(placeholder.text, 'unknown', 'secret')
  }
  const facts = { now: 0, via: undefined, unknown, ...(tokenEndpoint && { tokenEndpoint }) }
  const sealed = {
    ...rest,
    secrets,
    readSecretFile: refuse,
    runCommand: refuse,
    readAssertion: refuse,
    loadKey: refuse,
    readCertificate: refuse,
  }
  return { values: new Values(profile, facts, sealed), asked }
}

function refuse(): never {
  throw new TokenError('untrusted', 'nothing is read or run to tell what a file would use')
}

export function spell(profile: Profile, path: Path, template: Template, tools: Tools): Spelling {
  const { values, asked } = glimpse(profile, tools, { env: false })
  const texts = attempt(() => listTexts(values.fill(template, { at: path })))
  const real = glimpse(profile, tools, { env: true })
  const exact = attempt(() => listTexts(real.values.fill(template, { at: path })))
  return {
    shown: texts?.map(show) ?? (isList(template) ? template : [template]).map(showTemplate),
    exact: real.asked.has('other') ? undefined : exact?.map(revealText),
    // what cannot be filled in from the files alone will not be in earnest either; a secret in it is
    // not shown, so another one there would not be seen
    vague: texts === undefined ? asked.size > 0 : asked.has('other') || texts.some(hidesLiteral),
  }
}

function listTexts(value: Value | undefined): Text[] {
  return (isList(value) ? value : [value ?? '']).map(toText)
}

function show(text: Text): string {
  return typeof text === 'string' ? text.replaceAll('${', () => '$${') : `${text}`
}

export function showTemplate(template: Template): string {
  return typeof template === 'string' ? template : JSON.stringify(template)
}

function hidesLiteral(text: Text): boolean {
  return text instanceof Hidden && !text.standsIn
}
