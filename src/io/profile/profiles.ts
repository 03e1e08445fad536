// Where profile files are. The folders are walked here, one at a time: cosmiconfig by itself runs
// .config/config.js of the working folder, skips files that it cannot read, and follows $import.

import { lstatSync, statSync } from 'node:fs'
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import { TokenError } from '../../core/error.ts'
import type { ProfileDocument } from '../../core/file/document.ts'
import {
  type ProfileBytes,
  readProfileBytes,
  resolveNamed,
  type Surroundings,
  showFile,
} from './profile-file.ts'

export const PROJECT_NAMES = [
  'tokentool.yaml',
  'tokentool.yml',
  'tokentool.json',
  '.tokentoolrc',
  '.tokentoolrc.yaml',
  '.tokentoolrc.json',
]

type Origin = ProfileDocument['origin']

export interface ProfileSearch {
  readonly world: Surroundings
  /** the values of --config */
  readonly config: readonly string[] | undefined
  /** told what was passed over, and why */
  readonly note?: (text: string) => void
}

/** The named files and no others; else the project's, then the user's own. */
export async function findProfileFiles(search: ProfileSearch): Promise<ProfileDocument[]> {
  const { world, config, note = () => {} } = search
  const named = listNamed(world, config)
  if (named !== undefined) return readNamed(named, world)
  const own = locateUserFile(world)
  const user =
    own !== undefined && isIn(own, world, note) ? await readProfileBytes(own, world) : undefined
  const path = findProjectFile(world, note)
  const project = path === undefined ? undefined : await readProfileBytes(path, world)
  const documents: ProfileDocument[] = []
  // from the folder of the user's own file that one is found twice, and stays the user's own
  if (project && project.file !== user?.file) documents.push(await searchFolder(project))
  if (user) documents.push(await parse(user, 'user'))
  return documents
}

/** The example that the package brings. */
export async function readPackagedFile(path: string): Promise<ProfileDocument> {
  const nowhere = { env: {}, cwd: dirname(path), home: undefined }
  return parse(await readProfileBytes(path, nowhere), 'packaged')
}

/** The user's own file, whether it is there or not; undefined when there is no home. */
function locateUserFile(world: Surroundings): string | undefined {
  const set = world.env.XDG_CONFIG_HOME
  // the specification has relative paths ignored
  const folder =
    set && isAbsolute(set)
      ? set
      : world.home === undefined
        ? undefined
        : join(world.home, '.config')
  return folder === undefined ? undefined : join(folder, 'tokentool', 'tokentool.yaml')
}

interface Named {
  readonly name: string
  readonly by: '--config' | 'TOKENTOOL_CONFIG'
}

function listNamed(
  world: Surroundings,
  config: readonly string[] | undefined,
): Named[] | undefined {
  if (config !== undefined && config.length > 0) {
    return config.map((name) => ({ name, by: '--config' }))
  }
  const names = (world.env.TOKENTOOL_CONFIG ?? '').split(delimiter).filter((name) => name !== '')
  return names.length === 0 ? undefined : names.map((name) => ({ name, by: 'TOKENTOOL_CONFIG' }))
}

async function readNamed(named: readonly Named[], world: Surroundings): Promise<ProfileDocument[]> {
  const read = new Map<string, ProfileBytes>()
  for (const { name, by } of named) {
    if (name === '') throw new TokenError('usage', `${by} names no file`)
    try {
      const one = await readProfileBytes(resolveNamed(name, world), world)
      if (!read.has(one.file)) read.set(one.file, one)
    } catch (error) {
      if (!(error instanceof TokenError) || error.code !== 'file_missing') throw error
      const means = `${by} names it, so no other is looked for`
      throw new TokenError(error.code, error.message, { ...error.details, means })
    }
  }
  return Promise.all([...read.values()].map((one) => parse(one, 'named')))
}

/** The nearest one, from the working folder upwards. */
function findProjectFile(world: Surroundings, note: (text: string) => void): string | undefined {
  for (let folder = world.cwd; folder !== undefined; folder = parentOf(folder)) {
    let names: string[]
    try {
      world.saw?.(folder, 'owner')
      const owner = statSync(folder).uid
      names = PROJECT_NAMES.filter((name) => hasEntry(join(folder, name), world))
      if (isForeign(owner)) {
        // whoever owns the folder could put a file there for us to find
        for (const name of names) {
          const shown = showFile(join(folder, name), world)
          note(`${shown} is passed over: its folder belongs to somebody else; --config names it`)
        }
        return undefined
      }
    } catch {
      // a folder that we may not look into is nobody's that we know
      return undefined
    }
    const [only, ...others] = names
    if (only === undefined) continue
    if (others.length === 0) return join(folder, only)
    const last = others.pop()
    const shown = [only, ...others].join(', ')
    throw new TokenError(
      'file_ambiguous',
      `${showFile(folder, world)} has ${names.length} profile files, ${shown} and ${last}`,
      { fix: 'keep one of them, or name one with --config' },
    )
  }
  return undefined
}

function parentOf(folder: string): string | undefined {
  const parent = dirname(folder)
  return parent === folder ? undefined : parent
}

function isForeign(owner: number): boolean {
  const user = process.getuid?.()
  return user !== undefined && owner !== user && owner !== 0
}

function hasEntry(path: string, world: Surroundings): boolean {
  world.saw?.(path)
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function isIn(path: string, world: Surroundings, note: (text: string) => void): boolean {
  try {
    return hasEntry(path, world)
  } catch {
    // HOME of another user, as in a container that runs under a number
    note('your own profile file is passed over: its folder may not be looked into')
    return false
  }
}

/**
 * The folder, the file in it and its bytes are known by now. What is left to cosmiconfig can go
 * wrong no more: it sees one folder, has no loader that runs code, and learns nothing from the
 * working folder.
 */
async function searchFolder(found: ProfileBytes): Promise<ProfileDocument> {
  const { cosmiconfig } = await import('cosmiconfig')
  // wrapped, because a $import at the top of what a loader returns is followed
  const load = async (): Promise<Loaded> => ({ document: await parse(found, 'project') })
  const refuse = () => {
    throw new TokenError('bug', 'a profile file that is code was about to be loaded')
  }
  const explorer = constructElsewhere(() =>
    cosmiconfig('tokentool', {
      searchStrategy: 'none',
      searchPlaces: PROJECT_NAMES,
      // an empty file is a mistake to be told, not one to be skipped
      ignoreEmptySearchPlaces: false,
      cache: false,
      loaders: {
        '.yaml': load,
        '.yml': load,
        '.json': load,
        noExt: load,
        '.js': refuse,
        '.cjs': refuse,
        '.mjs': refuse,
        '.ts': refuse,
      },
    }),
  )
  const result = await explorer.search(dirname(found.path))
  const loaded: Loaded | undefined = result?.config
  return loaded?.document ?? parse(found, 'project')
}

interface Loaded {
  readonly document: ProfileDocument
}

/**
 * Whoever constructs an explorer runs .config/config.js of the working folder. So this is done in
 * the folder of our own code: who can write there needs no such trick.
 */
function constructElsewhere<Made>(construct: () => Made): Made {
  const back = process.cwd()
  process.chdir(import.meta.dirname)
  try {
    return construct()
  } finally {
    process.chdir(back)
  }
}

// YAML is loaded when there is a file to parse.
async function parse(found: ProfileBytes, origin: Origin): Promise<ProfileDocument> {
  const { parseDocument } = await import('./document.ts')
  const { bytes, file, shown } = found
  return parseDocument(bytes, { file, shown, origin })
}
