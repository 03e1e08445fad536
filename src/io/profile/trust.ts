// May a project file use what it asks for? What was allowed is remembered, and nothing more than that.

import type { Tools } from '../../core/call/tools.ts'
import { TokenError } from '../../core/error.ts'
import type { Catalog } from '../../core/file/catalog.ts'
import type { ProfileDocument } from '../../core/file/document.ts'
import {
  findChanged,
  type Grant,
  grantOf,
  isGranted,
  showUse,
  sortUses,
  type Use,
} from '../../core/profile/grant.ts'
import type { Profile } from '../../core/profile/profile.ts'
import { listUses } from '../../core/profile/trust.ts'
import type { World } from '../../core/world.ts'
import type { Printer } from '../printer.ts'
import { listDocumentUses } from './trust-document.ts'
import { addPrograms } from './trust-program.ts'
import { askTrust, canAsk } from './trust-question.ts'
import { changeTrust, readTrust } from './trust-store.ts'

export async function requireTrust(
  profiles: readonly Profile[],
  world: World,
  tools: Tools,
): Promise<void> {
  const lack = findLack(profiles, world, tools)
  if (lack) throw untrusted(lack)
}

/** The same, but a person at a terminal is asked first. */
export async function requestTrust(
  profiles: readonly Profile[],
  tools: Tools,
  { world, printer, flags }: Asker,
): Promise<void> {
  const lack = findLack(profiles, world, tools)
  if (lack === undefined) return
  // what nobody can be shown nobody is asked about
  if (!canAsk(flags, world) || lack.uses.some(({ vague }) => vague)) throw untrusted(lack)
  if (!(await askTrust(lack, world, printer))) {
    // the list has just been read
    throw untrusted(lack, ['nothing of that was used'])
  }
  // a program may have changed while the question stood open
  const later = findLack(profiles, world, tools, lack.uses.map(grantOf))
  if (later) throw untrusted(later)
  try {
    rememberUses(lack.uses, world)
  } catch (error) {
    if (!(error instanceof TokenError) || error.code !== 'file_unwritable') throw error
    await printer.warn(`${error.message}, so this will be asked again`)
  }
}

export interface Asker {
  readonly world: World
  readonly printer: Printer
  readonly flags: Readonly<Record<string, unknown>>
}

/** What goes beyond what was allowed. */
export interface Lack {
  /** the file, or files, as people are told them */
  readonly shown: string
  readonly uses: readonly Use[]
  /** what was allowed to these files before */
  readonly before: readonly Grant[]
}

function findLack(
  profiles: readonly Profile[],
  world: World,
  tools: Tools,
  shown: readonly Grant[] = [],
): Lack | undefined {
  const documents = profiles.flatMap(({ entry, home }) =>
    [entry?.document ?? [], home ?? []].flat(),
  )
  if (!documents.some(({ origin }) => origin === 'project')) return undefined
  const store = readTrust(world)
  const uses = sortUses(addPrograms(listUses(profiles, tools), world)).filter(
    (use) => !isGranted(use, [...(store.get(use.file) ?? []), ...shown]),
  )
  const [first] = uses
  if (first === undefined) return undefined
  const files = [...new Set(uses.map(({ file }) => file))]
  return {
    shown: documents.find(({ file }) => file === first.file)?.shown ?? first.file,
    uses,
    before: [...files.flatMap((file) => store.get(file) ?? []), ...shown],
  }
}

function untrusted(lack: Lack, means = tellLack(lack)): TokenError {
  const { shown, uses } = lack
  const vague = uses.some((use) => use.vague)
  const typed = uses.every((use) => use.typed)
  return new TokenError(
    'untrusted',
    `${shown} was found here and is not trusted with what it wants to use`,
    {
      means,
      fix: [
        vague
          ? 'write out there which command or file is meant'
          : typed
            ? 'look at the file, then type the address as well: -s token_endpoint=https://…'
            : 'look at the file, then: tokentool trust',
        `or name it: -c ${shown}`,
      ],
    },
  )
}

export const VAGUE = ' (which one it is, only a file, a command or a call would tell)'

function tellLack({ uses, before }: Lack): string[] {
  const changed = [...new Set(uses.flatMap((use) => findChanged(use, before)))]
  return [
    ...uses.map((use) => `${showUse(use)}${use.vague ? VAGUE : ''}`),
    ...changed.map((name) => `${name} has changed since it was trusted`),
  ]
}

/** Beside what was allowed before: exactly what was shown. */
function rememberUses(uses: readonly Use[], world: World): void {
  changeTrust(world, (store) => {
    for (const use of uses) {
      // with other contents it is another program
      const others = (store.get(use.file) ?? []).filter(
        ({ what, where }) => what !== use.what || where !== use.where,
      )
      store.set(use.file, [...others, grantOf(use)])
    }
  })
}

/** Remembers all that the file may use, in the place of what was remembered before. */
export function trustDocument(catalog: Catalog, document: ProfileDocument, world: World): void {
  rememberFile(document.file, listDocumentUses(catalog, document, world), world)
}

export function rememberFile(file: string, uses: readonly Use[], world: World): void {
  changeTrust(world, (store) => store.set(file, uses.filter(({ vague }) => !vague).map(grantOf)))
}
