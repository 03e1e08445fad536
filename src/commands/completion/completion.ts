// `tokentool completion SHELL` prints the script for a shell. What follows a `--` comes from that script,
// at every Tab: the words typed so far, and it is answered with what may stand there. Then nothing is
// said that was not asked for, whatever is wrong with the profile file.

import type { Run } from '../../cli.ts'
import { TokenError } from '../../core/error.ts'
import { readBashLine, type Typed } from './bash-line.ts'
import { listCandidates } from './candidates.ts'
import { type Commands, readTyped } from './line.ts'
import { formatOffer } from './offer.ts'
import { isShell, SHELLS, type Shell } from './shell.ts'

const INSTALL = [
  'bash: source <(tokentool completion bash)',
  'zsh: source <(tokentool completion zsh)',
  'fish: tokentool completion fish | source',
  'PowerShell: tokentool completion powershell | Out-String | Invoke-Expression',
]

export function createCompletion(commands: Commands): Run {
  return async ([shell], _flags, { world, command }) => {
    if (!isShell(shell)) {
      throw new TokenError('usage', shell === undefined ? 'which shell?' : 'no such shell', {
        means: `there are ${SHELLS.join(', ')}; in the file that your shell reads at its start:`,
        fix: INSTALL,
      })
    }
    if (command === undefined) {
      const { SCRIPTS } = await import('./scripts.ts')
      await world.stdout.write(SCRIPTS[shell])
      return 0
    }
    const typed = shell === 'bash' ? readBashLine(command) : readWords(command, shell)
    try {
      const place = readTyped(typed.words, typed.current, commands)
      const offer = await listCandidates(place, commands, world)
      await world.stdout.write(formatOffer(shell, offer, place, typed))
    } catch {
      // an error would stand in the middle of what is being typed
      await world.stdout.write('words\n')
    }
    return 0
  }
}

/** The last one is being typed, and may be empty; PowerShell puts a + in front, so that it is not. */
function readWords(command: readonly string[], shell: Shell): Typed {
  const last = command.at(-1) ?? ''
  return {
    words: command.slice(0, -1),
    current: shell === 'powershell' ? last.replace(/^\+/, '') : last,
    kept: '',
    quoted: false,
  }
}
