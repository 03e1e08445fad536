// `tokentool doctor`: what is wrong with a profile, before anything is sent. Mistakes are findings
// here, told all together; only what was asked wrongly is an error.

import type { Context, Flags } from '../cli.ts'
import { examineCache } from '../core/doctor/cache.ts'
import { examineClock } from '../core/doctor/clock.ts'
import { examineChain, isBlindTo } from '../core/doctor/examination.ts'
import { Findings } from '../core/doctor/finding.ts'
import { type Destination, examineNetwork } from '../core/doctor/network.ts'
import { type ExitCode, TokenError } from '../core/error.ts'
import { type Catalog, defaultProfile, findProfile, listProfiles } from '../core/file/catalog.ts'
import { checkDocument } from '../core/file/check.ts'
import { showMistake } from '../core/file/mistake.ts'
import { planChain, type Selection } from '../core/profile/chain.ts'
import type { Profile } from '../core/profile/profile.ts'
import type { World } from '../core/world.ts'
import { inspectCache } from '../io/doctor/cache-state.ts'
import { createProbe } from '../io/doctor/probe.ts'
import { createInstruments } from '../io/instruments.ts'
import { readUnchecked } from '../io/profile/inspection.ts'
import { readSelection } from '../io/profile/selection.ts'
import { requireTrust } from '../io/profile/trust.ts'
import { formatFindings, formatFindingsJson } from './doctor-text.ts'

export async function doctor(
  names: readonly string[],
  flags: Flags,
  { world, printer }: Context,
): Promise<ExitCode> {
  const probe = createProbe(world)
  const findings = new Findings()
  const selection = await readSelection(names, flags, world, findings.warn)
  const config = flags.config as string[] | undefined
  const catalog = await examineFiles(world, config, selection, findings)
  examineClock(world.now(), findings)
  examineCache(inspectCache(world), findings)
  if (flags.offline === true) {
    findings.add('network', 'skipped', 'nobody was asked, nor what time it is there (--offline)')
  }
  const destinations: Destination[] = []
  if (catalog) {
    for (const target of listTargets(catalog, selection)) {
      destinations.push(...(await examineTarget(target, { catalog, flags, world, findings })))
    }
  }
  await examineNetwork(destinations, probe, world.now(), findings)
  const text =
    flags.json === true
      ? formatFindingsJson(findings, world)
      : formatFindings(findings, world, printer.view.quiet, await printer.paint('stdout'))
  await world.stdout.write(text)
  return findings.hasProblem() ? 7 : 0
}

/** undefined: there is nothing in the files to look further into. */
async function examineFiles(
  world: World,
  config: readonly string[] | undefined,
  selection: Selection,
  findings: Findings,
): Promise<Catalog | undefined> {
  let catalog: Catalog
  try {
    catalog = await readUnchecked(world, config)
  } catch (error) {
    tellUnreadable(error, findings)
    return undefined
  }
  if (catalog.documents.length === 0 && selection.provider === undefined) {
    const fix = ['tokentool init', 'tokentool get --sandbox   (to try it without one)']
    findings.add('file', 'problem', 'there is no profile file', { fix })
    return undefined
  }
  for (const document of catalog.documents) {
    const mistakes = checkDocument(catalog, document)
    const { length } = listProfiles({ ...catalog, documents: [document] })
    const profiles = `${length} ${length === 1 ? 'profile' : 'profiles'}`
    if (mistakes.length === 0) findings.add('file', 'ok', `${document.shown}: ${profiles}`)
    for (const mistake of mistakes) {
      const fix = mistake.fix === undefined ? [] : [mistake.fix]
      findings.add('file', 'problem', showMistake(mistake), { fix })
    }
  }
  if (!findings.hasProblem()) return catalog
  findings.add('profile', 'skipped', 'not looked at before the file is right')
  return undefined
}

/** A file that cannot be parsed has its mistakes in the lines of one error. */
function tellUnreadable(error: unknown, findings: Findings): void {
  const { means } = error instanceof TokenError ? error.details : {}
  const lines =
    error instanceof TokenError && error.code === 'file_invalid' && typeof means === 'object'
      ? means
      : []
  if (lines.length === 0) findings.fail('file', error)
  for (const line of lines) findings.add('file', 'problem', line)
}

interface Target {
  readonly selection: Selection
  /** whether it was asked for; else it is looked at because everything is */
  readonly asked: boolean
}

function listTargets(catalog: Catalog, selection: Selection): Target[] {
  const { profile, provider } = selection
  const first = profile ?? (provider === undefined ? defaultProfile(catalog)?.name : undefined)
  const all = listProfiles(catalog)
  if (first !== undefined || provider !== undefined || all.length === 0) {
    return [{ selection: { ...selection, profile: first }, asked: true }]
  }
  return all.map(({ name }) => ({ selection: { ...selection, profile: name }, asked: false }))
}

interface Occasion {
  readonly catalog: Catalog
  readonly flags: Flags
  readonly world: World
  readonly findings: Findings
}

/** Returns who is still to be asked. */
async function examineTarget(
  { selection, asked }: Target,
  { catalog, flags, world, findings }: Occasion,
): Promise<Destination[]> {
  const { profile, provider } = selection
  findings.turnTo(profile ?? provider ?? null)
  let chain: Profile[]
  try {
    chain = planChain(catalog, selection)
  } catch (error) {
    const known = profile === undefined || findProfile(catalog, profile) !== undefined
    if (!(error instanceof TokenError) || error.class === 'usage' || !known) throw error
    findings.introduce(profile === undefined ? [] : [profile])
    // of a profile that nobody asked for it is no fault that it is run with -e
    const open = error.code === 'environment_missing' && !asked
    findings.fail('profile', error, open ? 'warning' : 'problem')
    return []
  }
  findings.introduce(chain.map(({ name }) => name))
  const names = chain.map(({ name, providerName }) => `${name} (${providerName})`)
  findings.add('profile', 'ok', names.join(' → '))
  const noSecrets = flags.secrets === false
  const trust = await examineTrust(chain, noSecrets, world, findings)
  const untrusted = trust === 'no' ? 'the file is not trusted' : undefined
  const unknown = trust === 'unknown' ? '--no-secrets: whether the file is trusted' : undefined
  const blind = noSecrets ? '--no-secrets' : untrusted
  const silent = flags.offline === true ? '--offline' : (untrusted ?? unknown)
  return examineChain(chain, createInstruments(world, findings.warn, blind, silent), findings)
}

/** What is not trusted is not read either, and nobody is asked for it. */
async function examineTrust(
  chain: readonly Profile[],
  noSecrets: boolean,
  world: World,
  findings: Findings,
): Promise<'yes' | 'no' | 'unknown'> {
  const found = chain
    .flatMap(({ entry, home }) => [entry?.document ?? [], home ?? []].flat())
    .flatMap(({ origin, shown }) => (origin === 'project' ? [shown] : []))
  const files = [...new Set(found)].join(', ')
  if (found.length === 0) return 'yes'
  // what is trusted is a secret with its host, which a variable may tell
  if (noSecrets && chain.some(isHostHidden)) {
    findings.add('trust', 'skipped', `${files}: not looked at (--no-secrets)`)
    return 'unknown'
  }
  const { tools } = createInstruments(world, findings.warn, undefined)
  const trusted = await findings.attempt(
    'trust',
    () => requireTrust(chain, world, tools).then(() => true),
    () => `${files} may use what it uses`,
  )
  return trusted === true ? 'yes' : 'no'
}

function isHostHidden(profile: Profile): boolean {
  const { call } = profile.provider
  const server = { path: ['authorization_server'], template: null }
  return isBlindTo(profile, [server, { path: ['call', 'url'], template: call?.url ?? null }])
}
