// The one line that says what a token is and whether it is good now.

import { readHeader } from '../../core/jwt/finding/header-view.ts'
import { formatRelative } from '../../core/jwt/time/instant.ts'
import type { Life } from '../../core/jwt/time/life.ts'
import { escapeLine, readsUtf8, wrap } from '../../core/terminal.ts'
import type { Reading } from './decode.ts'
import type { View } from './view.ts'

export function describeVerdict(reading: Reading, view: View): string {
  const { findings, life, inner, payload } = reading
  const { paint, world } = view
  const { kind } = reading.found.token
  const errors = findings.filter(({ severity }) => severity === 'error').length
  const state =
    kind === 'opaque'
      ? 'nobody can tell from outside whether it is good'
      : life === undefined
        ? kind === 'jwe' && inner === undefined && payload === undefined
          ? 'encrypted'
          : undefined
        : tellLife(life, view.now, errors === 0 && kind !== 'unsecured')
  const bad = errors > 0 || life?.status === 'expired' || kind === 'unsecured'
  const doubtful =
    life?.status === 'not-yet' || findings.some(({ severity }) => severity === 'warning')
  const closed = kind === 'opaque' || state === 'encrypted'
  const style = bad ? 'bad' : closed ? 'faint' : doubtful ? 'warning' : 'good'
  const counted = errors === 0 ? '' : `it has ${errors} ${errors === 1 ? 'error' : 'errors'}`
  const said = [state, counted].filter((part) => part !== undefined && part !== '').join('; ')
  const name = nameToken(reading)
  const sign = SIGNS[style][readsUtf8(world.env) ? 0 : 1]
  const plain = `${sign} ${name}${said === '' ? '' : `: ${said}`}`
  if (world.stdout.isTTY && [...plain].length >= world.stdout.columns) {
    return paint(style, wrap(plain, world.stdout.columns - 1, 2))
  }
  return `${paint(style, sign)} ${paint('strong', name)}${said === '' ? '' : `: ${paint(style, said)}`}`
}

const SIGNS = {
  bad: ['✗', 'XX'],
  warning: ['!', '!!'],
  good: ['✓', 'ok'],
  faint: ['·', '--'],
} as const

function nameToken({ found: { token }, view, shape }: Reading): string {
  if (token.kind === 'opaque') return token.name
  const alg = readHeader(view, 'alg')
  const by =
    alg?.type === 'string' && alg.value !== '' ? escapeLine(alg.value.slice(0, 40)) : undefined
  const form = token.serialization === 'compact' ? '' : `, in the ${token.serialization} JSON form`
  if (token.kind === 'jwe') {
    const enc = readHeader(view, 'enc')
    const how = enc?.type === 'string' ? `${by}, ${escapeLine(enc.value.slice(0, 40))}` : by
    return `an encrypted token (JWE${how === undefined ? '' : `, ${how}`}${form})`
  }
  if (token.kind === 'unsecured') return 'a token that nobody signed'
  const what =
    token.kind === 'sd-jwt'
      ? 'an SD-JWT'
      : token.payload.json?.type === 'object'
        ? 'a JWT'
        : 'a signed text (JWS)'
  const signed = `${what} signed with ${by ?? 'an algorithm it does not name'}${form}`
  return shape === undefined ? signed : `${signed}, ${shape.name}`
}

/** Good is what is in its time and has nothing wrong with it; whether its signature holds is not known. */
function tellLife(life: Life, now: number, sound: boolean): string {
  const { status, exp, nbf } = life
  if (status === 'expired' && exp !== undefined) return `expired ${formatRelative(exp, now)}`
  if (status === 'not-yet' && nbf !== undefined) return `not valid yet: ${formatRelative(nbf, now)}`
  if (life.unreadable.length > 0) return `its ${life.unreadable.join(' and ')} cannot be read`
  if (life.inMilliseconds) return 'its exp is in milliseconds'
  const end = exp === undefined ? 'it never expires' : `expires ${formatRelative(exp, now)}`
  return sound ? `good now, ${end}` : end
}
