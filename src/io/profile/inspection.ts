// The profile files as they are, mistakes and all: for the commands that tell about them.

import type { Catalog } from '../../core/file/catalog.ts'
import type { World } from '../../core/world.ts'
import { PROVIDERS } from '../../providers/table.ts'
import { findProfileFiles } from './profiles.ts'

export async function readUnchecked(
  world: World,
  config: readonly string[] | undefined,
): Promise<Catalog> {
  return { documents: await findProfileFiles({ world, config }), builtIns: PROVIDERS }
}
