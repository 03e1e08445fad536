// The sandbox's certificate as a file, for who must be told to trust it; gone when the sandbox is.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { TokenError } from '../core/error.ts'

export function writeCertificateFile(pem: string): string {
  const folder = tmpdir()
  try {
    // a folder of its own: in one that is everyone's, the name could be a link that somebody laid
    const path = join(mkdtempSync(join(folder, 'tokentool-sandbox-')), 'ca.pem')
    writeFileSync(path, pem, { mode: 0o644, flag: 'wx' })
    return path
  } catch {
    throw new TokenError('file_unwritable', `cannot write the certificate into ${folder}`, {
      fix: 'export TMPDIR=…, or --json, which prints it instead',
    })
  }
}

export function removeCertificateFile(path: string): void {
  rmSync(dirname(path), { recursive: true, force: true })
}
