// The profile files and the built-in providers, read and checked.

import { fileURLToPath } from 'node:url'
import { TokenError } from '../../core/error.ts'
import type { Catalog } from '../../core/file/catalog.ts'
import { checkCatalog } from '../../core/file/check.ts'
import type { World } from '../../core/world.ts'
import { PROVIDERS } from '../../providers/table.ts'
import { findProfileFiles, readPackagedFile } from './profiles.ts'

export interface CatalogOptions {
  readonly config: readonly string[] | undefined
  /** the sandbox, where nobody wrote a file yet: the example that the package brings */
  readonly packaged: boolean
  /** --provider, which needs no file */
  readonly optional: boolean
}

const EXAMPLE = fileURLToPath(new URL('../profiles.example.yaml', import.meta.url))

export async function readCatalog(world: World, options: CatalogOptions): Promise<Catalog> {
  const documents = await findProfileFiles({ world, config: options.config })
  if (documents.length === 0 && options.packaged) documents.push(await readPackagedFile(EXAMPLE))
  if (documents.length === 0 && !options.optional) {
    throw new TokenError('file_missing', 'there is no profile file', {
      means:
        'looked for tokentool.yaml from the working folder upwards, and in ~/.config/tokentool',
      fix: ['tokentool init', 'tokentool get --sandbox   (to try it without one)'],
    })
  }
  const catalog: Catalog = { documents, builtIns: PROVIDERS }
  checkCatalog(catalog)
  return catalog
}
