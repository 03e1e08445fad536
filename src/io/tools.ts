// What core asks of the world, done: files read, keys opened, assertions signed, requests sent.

import type { Command, Tools, Watch, WrittenPath } from '../core/call/tools.ts'
import type { Answer, Request, Transport } from '../core/call/wire.ts'
import { TokenError } from '../core/error.ts'
import { quotePath } from '../core/key/key-refusal.ts'
import { isTree, readPath } from '../core/profile/layer.ts'
import type { World } from '../core/world.ts'
import { readSecret } from './command.ts'
import { readCertificate } from './key/certificate-file.ts'
import { type LoadedKey, loadKey, loadSecret, readKeyFile } from './key/open/key.ts'
import { loadSignerKey } from './key/open/signer-key.ts'
import { resolvePath, showPath } from './path.ts'

export interface ToolOptions {
  readonly watch: Watch
  warn(text: string): void
  /** the sandbox: where a request really goes */
  readonly dial?: (url: URL) => URL | undefined
}

export function createTools(world: World, options: ToolOptions): Tools {
  return {
    secrets: world.secrets,
    env: world.env,
    now: world.now,
    began: world.began,
    waited: world.waited,
    uuid: world.uuid,
    warn: options.warn,
    watch: options.watch,
    pause: (least, spread) => pause(least + Math.random() * spread, world.signal),
    resolvePath: (path) => resolvePath(path, world),
    readSecretFile: (path) => readSecretFile(path, world, options.warn),
    runCommand: (words, folder) => runOnce({ words, folder }, world),
    readAssertion(source) {
      if ('file' in source) return readSecretFile(source.file, world, options.warn)
      if ('command' in source) return readSecret(source.command, world)
      const text = world.env[source.env]
      if (text !== undefined) return text
      throw new TokenError('secret_missing', `the variable ${source.env} is not set`, {
        means: 'the assertion is taken from there',
        fix: `export ${source.env}=…`,
      })
    },
    loadKey(spec) {
      const { path, origin, passphrase, keyId } = spec
      if (path !== undefined) world.saw?.(path)
      if (spec.signer !== undefined) return loadSignerKey(spec.signer, origin, keyId)
      const file = path === undefined ? undefined : readKeyFile(path, showPath(path, world))
      for (const warning of file?.warnings ?? []) options.warn(warning)
      const text = file?.bytes ?? spec.text ?? JSON.stringify(spec.jwk)
      const load = spec.shared ? loadSecret : loadKey
      return load({
        text,
        origin,
        ...(path !== undefined && { path }),
        ...(passphrase !== undefined && { passphrase }),
        ...(keyId !== undefined && { keyId }),
      })
    },
    readCertificate(path) {
      world.saw?.(path)
      return readCertificate({
        text: readPublicFile(path),
        origin: `certificate_path ${path}`,
        path,
      })
    },
    async sign(header, claims, key, signing) {
      // only loadKey makes them, and core carries them without looking inside
      const known = key as LoadedKey
      const { checkKeyFit, signJwt } = await import('./key/sign.ts')
      for (const warning of checkKeyFit((header as { alg?: unknown }).alg, known, signing))
        options.warn(warning)
      if (known.signer !== undefined) {
        const { signOutside } = await import('./key/signer.ts')
        return signOutside(header as Readonly<Record<string, unknown>>, claims, known, world)
      }
      return signJwt(header as Readonly<Record<string, unknown>>, claims, known, signing)
    },
    async send(request: Request, transport: Transport): Promise<Answer> {
      const { sendRequest } = await import('./http/http.ts')
      return sendRequest(
        request,
        options.dial ? { ...transport, dial: options.dial } : transport,
        world,
        options.warn,
      )
    },
  }
}

/** Each may ask a person for something, however many profiles name it. */
function runOnce(command: Command, world: World): string {
  const name = JSON.stringify([command.folder, command.words])
  const text = world.commandOutputs.get(name) ?? readSecret(command, world)
  world.commandOutputs.set(name, text)
  return text
}

function pause(time: number, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const interrupt = (): void => {
      clearTimeout(timer)
      fail(new TokenError('interrupted', 'interrupted'))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', interrupt)
      done()
    }, Math.ceil(time))
    if (signal.aborted) interrupt()
    else signal.addEventListener('abort', interrupt, { once: true })
  })
}

/** A certificate is no secret, so nobody minds who can read it. */
function readPublicFile(path: string): Uint8Array {
  try {
    return readKeyFile(path, path, 'public').bytes
  } catch {
    throw new TokenError('key_missing', `certificate_path ${path} cannot be read`, {
      fix: `ls -l ${path}`,
    })
  }
}

/** `${file:path}`, and `${file:box.json#a.b}` for a member of it. */
function readSecretFile(written: WrittenPath, world: World, warn: (text: string) => void): string {
  const [path = '', member] = splitMember(written.path)
  const file = resolvePath({ ...written, path }, world)
  world.saw?.(file)
  const text = readText(file, path, warn)
  if (member === undefined) return text.replace(/\r?\n$/, '')
  const value = readPath(parseBox(text, path), member.split('.'))
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`
  throw new TokenError('secret_unreadable', `${path} has no text at ${member}`, {
    means:
      value === undefined
        ? 'there is no such member'
        : isTree(value)
          ? 'there are members below it'
          : 'it is no text',
    fix: `\${file:${path}#…}, with the dots of the way to it`,
  })
}

function splitMember(path: string): [path: string, member?: string] {
  const at = path.lastIndexOf('#')
  return at < 0 ? [path] : [path.slice(0, at), path.slice(at + 1)]
}

// JSON.parse quotes its input in what it throws.
function parseBox(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new TokenError('secret_unreadable', `${path} is not JSON`, {
      means: 'what follows # picks a member of a JSON file',
      fix: `\${file:${path}}   (the whole of it)`,
    })
  }
}

function readText(path: string, shown: string, warn: (text: string) => void): string {
  try {
    const { bytes, warnings } = readKeyFile(path, shown)
    for (const warning of warnings) warn(warning)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    const known = error instanceof TokenError
    const { fix } = known ? error.details : {}
    const judged = /^(chmod|sudo chown) /.test(`${fix}`)
    throw new TokenError(
      'secret_unreadable',
      known ? error.message : `${shown} is not text in UTF-8`,
      {
        fix:
          judged && fix !== undefined
            ? fix
            : known
              ? `ls -l ${quotePath(shown)}`
              : 'save it as UTF-8; what is binary, in base64',
      },
    )
  }
}
