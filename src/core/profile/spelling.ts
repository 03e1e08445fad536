// A text of a profile as far as the files themselves say it: names are put in, what comes from
// elsewhere (a variable, a file, a call) stays a placeholder. Nothing is read or run.

import { TokenError } from '../error.ts'
import type { Template } from '../provider.ts'
import { type Piece, parseTemplate } from '../template/template.ts'
import { readPath } from './layer.ts'
import { type Profile, writtenValue } from './profile.ts'

/** Names that hold names can double at every step; no path or address is longer. */
const LONGEST = 16_384

export function spell(text: string, profile: Profile): string {
  const known = new Map<string, string | undefined>()
  const spellText = (template: string): string => {
    const spelled = parseTemplate(template).map(spellPiece).join('')
    if (spelled.length <= LONGEST) return spelled
    throw new TokenError('limit', `${profile.name}: a text of more than ${LONGEST} letters`, {
      means: 'paths, addresses and commands are shorter',
    })
  }
  const spellPiece = (piece: Piece): string => {
    if (typeof piece === 'string') return piece.replaceAll('${', '$${')
    if (piece.kind !== 'name') return piece.text
    if (piece.name === 'environment') return profile.environment ?? ''
    return spellName(piece.name) ?? piece.text
  }
  const spellName = (name: string): string | undefined => {
    if (known.has(name)) return known.get(name)
    // a name that leads back to itself stays as it is written
    known.set(name, undefined)
    const [first = '', ...rest] = name.split('.')
    const written = readPath(writtenValue(profile, first), rest)
    const spelled = isPlain(written) ? spellText(`${written}`) : undefined
    known.set(name, spelled)
    return spelled
  }
  return spellText(text)
}

function isPlain(written: unknown): written is Exclude<Template, null | object> {
  return ['string', 'number', 'boolean'].includes(typeof written)
}
