// What the script of a shell is told: what kind of thing stands here, then a candidate a line. Names
// come from files of anyone: what a terminal or a shell would do something with is left out.

import { escapeLine } from '../../core/terminal.ts'
import type { Typed } from './bash-line.ts'
import type { Candidate, Offer } from './candidates.ts'
import type { Place } from './line.ts'
import type { Shell } from './shell.ts'

export function formatOffer(shell: Shell, offer: Offer, place: Place, typing: Typed): string {
  if (typeof offer === 'string') return `${offer}\n`
  const { head, typed, orFiles } = place
  const matching = offer.filter(({ text }) => text.startsWith(typed))
  if (orFiles && matching.length === 0) return 'files\n'
  // zsh and fish find names by their middle as well
  const sent = shell === 'bash' || shell === 'powershell' ? matching : offer
  const lines = sent
    .filter(({ text }) => isSafe(text, place))
    .flatMap((one) => FORMS[shell]({ ...one, text: head + one.text }, typing))
  return ['words', ...lines].map((line) => `${line}\n`).join('')
}

/** No control, format or unknown characters; no word that would be taken for a flag, or for a home. */
function isSafe(text: string, { want }: Place): boolean {
  return /^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(text) && (want.kind === 'flags' || !/^[-~]/.test(text))
}

type Format = (candidate: Candidate, typing: Typed) => string | readonly string[]

const FORMS: Readonly<Record<Shell, Format>> = {
  bash: ({ text }, { kept, quoted }) => {
    if (quoted) return /^[\w@%+=:,./ -]+$/.test(text) ? text : []
    const escaped = text.replace(/[^\w@%+=:,./\u00a1-\u{10ffff}-]/gu, (char) => `\\${char}`)
    return escaped.startsWith(kept) ? escaped.slice(kept.length) : []
  },
  zsh: describe,
  fish: describe,
  powershell: describe,
}

const LONGEST = 100

function describe({ text, help }: Candidate): string {
  const line = escapeLine(help).slice(0, LONGEST)
  return line === '' ? text : `${text}\t${line}`
}
