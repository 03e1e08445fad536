// What a profile would have done on this machine: variables, files and commands, wherever a template
// names them, and the fields that are paths and commands themselves.

import type { Tools } from '../call/tools.ts'
import { attempt } from '../error.ts'
import { type Assertion, isOutside, type Template } from '../provider.ts'
import { Hidden } from '../secret/hidden.ts'
import { quoteShell } from '../shell.ts'
import { splitWords } from '../template/command-words.ts'
import { parseTemplate, splitTemplate } from '../template/template.ts'
import { toText, type Value } from '../template/value.ts'
import { isTree, type Path, readPath } from './layer.ts'
import { type Profile, writtenValue } from './profile.ts'
import { type Leaf, listAllRoots, traceSources } from './sources.ts'
import { glimpse, showTemplate, spell } from './spelling.ts'

export interface Wish {
  readonly path: Path
  /** "variable A", "key ./k.pem" */
  readonly what: string
  /** it is another one in another folder */
  readonly relative?: boolean
  /** of a command, as they are run */
  readonly words?: readonly string[]
  /** what it comes to is not known before it is used */
  readonly vague?: true
  /** typed on the command line it gives nothing away */
  readonly plain?: true
}

export function listWishes(profile: Profile, tools: Tools): Wish[] {
  const { assertion, client_assertion } = profile.provider
  return [
    ...traceSources(profile, listAllRoots(profile)).leaves.flatMap(wishLeaf),
    ...KEYS.flatMap((path) => wishKey(profile, path, tools)),
    ...wishSigner(profile, tools),
    ...wishOutside(profile, 'assertion', assertion, tools),
    ...wishOutside(profile, 'client_assertion', client_assertion, tools),
    ...wishProxy(profile, tools),
    ...wishTls(profile, tools),
  ]
}

function wishLeaf({ placeholder: { kind, name }, path }: Leaf): Wish[] {
  if (kind === 'env') return [{ path, what: `variable ${name}` }]
  if (kind === 'file') return [{ path, what: `file ${name}`, relative: isRelative(name) }]
  if (kind !== 'command') return []
  const words = attempt(() => splitWords(name)) ?? [name]
  return [{ path, what: `command ${name}`, words }]
}

function isRelative(path: string): boolean {
  return !/^[/~]/.test(path)
}

const KEYS = [['key_path'], ['certificate_path'], ['public_key'], ['key', 'public_key']]

function wishKey(profile: Profile, path: readonly string[], tools: Tools): Wish[] {
  const written = readWritten(profile, path)
  if (typeof written !== 'string' && typeof written !== 'number') return []
  const plain = path[0] !== 'key_path'
  return [wishPath('key', profile, path, written, tools, plain)]
}

function wishPath(
  kind: string,
  profile: Profile,
  path: Path,
  template: Template,
  tools: Tools,
  plain = false,
): Wish {
  const { shown, vague } = spell(profile, path, template, tools)
  const text = shown.join(' ')
  const marks = { ...(vague && { vague }), ...(plain && { plain: true as const }) }
  return { path, what: `${kind} ${text}`, relative: isRelative(text), ...marks }
}

function wishSigner(profile: Profile, tools: Tools): Wish[] {
  const path = ['key', 'signer']
  const signer = readWritten(profile, path)
  if (signer === undefined || signer === null) return []
  return [wishCommand(profile, path, [signer as Template], tools)]
}

/** Each template gives a word, or, where it is a list, several. */
function wishCommand(
  profile: Profile,
  path: Path,
  templates: readonly Template[],
  tools: Tools,
): Wish {
  const spelled = templates.map((template) => spell(profile, path, template, tools))
  const words = spelled.flatMap(({ shown }) => shown)
  const exact = spelled.flatMap(({ exact = [] }) => exact)
  const whole = spelled.every((one) => one.exact !== undefined)
  const vague = spelled.some((one) => one.vague) && { vague: true as const }
  const what = `command ${words.map(quoteShell).join(' ')}`
  return { path, what, words: whole ? exact : words, ...vague }
}

type Column = 'assertion' | 'client_assertion'

/** An assertion that is not signed here comes from somewhere. */
function wishOutside(
  profile: Profile,
  column: Column,
  assertion: Assertion | undefined,
  tools: Tools,
): Wish[] {
  if (assertion === undefined || !isOutside(assertion)) return []
  return Object.entries(assertion).map(([name, template]) => {
    const path = [column, name]
    if (name !== 'command') {
      const kind = name === 'env' ? 'variable' : 'file'
      const wish = wishPath(kind, profile, path, template, tools)
      return { ...wish, relative: name === 'file' && wish.relative === true }
    }
    const words = attempt(() => splitTemplate(template)) ?? [template]
    return wishCommand(profile, path, words, tools)
  })
}

/** For private use, so in no address. */
const MARK = '\ue000'

/** Without user and password. */
function wishProxy(profile: Profile, tools: Tools): Wish[] {
  const proxy = writtenValue(profile, 'proxy')
  if (proxy === undefined) return []
  const path = ['proxy']
  const [shown = ''] = spell(profile, path, proxy, tools).shown
  const pieces = attempt(() => parseTemplate(shown)) ?? [shown]
  const masked = pieces.map((piece) => (typeof piece === 'string' ? piece : MARK)).join('')
  const address = masked.replace(/^(\s*(?:[a-z][\w+.-]*:\/\/)?)[^/?#\\]*@/i, '$1')
  const asked = pieces.filter((piece) => typeof piece !== 'string')
  const left = asked.slice(asked.length - (address.split(MARK).length - 1))
  const vague = left.some(({ kind }) => kind !== 'env') || address.includes('«hidden')
  const texts = left.map(({ text }) => text)
  const what = `proxy ${address.replaceAll(MARK, () => texts.shift() ?? '')}`
  return [{ path, what, plain: true, ...(vague && { vague }) }]
}

const PATHS_IN_TLS = ['ca', 'cert', 'key', 'pfx']
const PROOFS_IN_TLS = ['key', 'pfx']

function wishTls(profile: Profile, tools: Tools): Wish[] {
  const written = writtenValue(profile, 'tls')
  if (written === undefined) return []
  const isPlain = isTree(written) && !Object.keys(written).some((name) => name.includes('${'))
  const made = isPlain ? written : attempt(() => fillTls(profile, written, tools))
  if (!isTree(made)) return [{ path: ['tls'], what: `tls ${showTemplate(written)}`, vague: true }]
  return Object.entries(made).flatMap(([part, item]): Wish[] => {
    const path = ['tls', part]
    if (item === null) return []
    const plain = !PROOFS_IN_TLS.includes(part)
    if (!PATHS_IN_TLS.includes(part)) return [{ path, what: `tls.${part}`, plain: true }]
    if (isPlain) return [wishPath(`tls.${part}`, profile, path, item as Template, tools, plain)]
    const text = toText(item as Value)
    const vague = text instanceof Hidden && { vague: true as const }
    return [{ path, what: `tls.${part} ${text}`, relative: isRelative(`${text}`), ...vague }]
  })
}

function fillTls(profile: Profile, written: Template, tools: Tools): unknown {
  return glimpse(profile, tools, { env: false }).values.fill(written, { at: ['tls'] })
}

function readWritten(profile: Profile, [name = '', ...deeper]: readonly string[]): unknown {
  return readPath(writtenValue(profile, name), deeper)
}
