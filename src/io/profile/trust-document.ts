// All that a profile file may use: of every profile, in every environment.

import type { Tools } from '../../core/call/tools.ts'
import { attempt } from '../../core/error.ts'
import { type Catalog, listProfiles } from '../../core/file/catalog.ts'
import { checkCatalog } from '../../core/file/check.ts'
import type { ProfileDocument } from '../../core/file/document.ts'
import { planChain } from '../../core/profile/chain.ts'
import { draftProfile } from '../../core/profile/draft.ts'
import { listEnvironments } from '../../core/profile/environment.ts'
import { sortUses, type Use } from '../../core/profile/grant.ts'
import { listUses } from '../../core/profile/trust.ts'
import type { World } from '../../core/world.ts'
import { PROVIDERS } from '../../providers/table.ts'
import { createTools } from '../tools.ts'
import { findProfileFiles } from './profiles.ts'
import { addPrograms } from './trust-program.ts'

export interface Judged {
  readonly document: ProfileDocument
  readonly uses: readonly Use[]
}

/** `path`: the file; undefined: the one that is found here. undefined: there is none. */
export async function judgeFile(
  path: string | undefined,
  world: World,
): Promise<Judged | undefined> {
  const found = await findProfileFiles({ world, config: path === undefined ? undefined : [path] })
  const origin = path === undefined ? 'project' : 'named'
  const document = found.find((one) => one.origin === origin)
  if (document === undefined) return undefined
  // beside the user's own, as when it is found
  const own =
    path === undefined
      ? found
      : await findProfileFiles({ world: nowhere(world), config: undefined })
  const documents = [document, ...own.filter(({ file }) => file !== document.file)]
  const catalog = { documents, builtIns: PROVIDERS }
  checkCatalog(catalog)
  return { document, uses: listDocumentUses(catalog, document, world) }
}

function nowhere(world: World): World {
  return { ...world, cwd: undefined, env: { ...world.env, TOKENTOOL_CONFIG: undefined } }
}

export function listDocumentUses(catalog: Catalog, document: ProfileDocument, world: World): Use[] {
  // a file that is trusted is judged as it will be when it is found
  const documents = catalog.documents.map((other) =>
    other === document ? { ...other, origin: 'project' as const } : other,
  )
  const tools = createTools(world, { watch: {}, warn: () => {} })
  const uses = listAllUses({ ...catalog, documents }, tools).filter(
    ({ file }) => file === document.file,
  )
  return sortUses(addPrograms(uses, world))
}

function listAllUses(catalog: Catalog, tools: Tools): Use[] {
  const entries = listProfiles(catalog)
  // -e picks for a whole chain, so a name that one profile knows may be another's as well
  const names = entries.flatMap(
    (entry) => attempt(() => listEnvironments(draftProfile(catalog, entry))) ?? [],
  )
  return entries.flatMap(({ name }) =>
    [undefined, ...new Set(names)].flatMap((environment) => {
      const selection = {
        profile: name,
        provider: undefined,
        onward: [],
        environment,
        overrides: [],
        scopes: [],
        transport: [],
      }
      return attempt(() => listUses(planChain(catalog, selection), tools)) ?? []
    }),
  )
}
