// A field that has been filled in gets the shape its provider wants, and is hidden where it is secret;
// or an error says where it stands.

import { TokenError } from '../error.ts'
import { showPlace } from '../file/mistake.ts'
import { CACHE_FIELDS, fieldOf, isSecretField, TLS_FIELDS } from '../profile/fields.ts'
import { isTree, type Path } from '../profile/layer.ts'
import { originOf, type Profile, placeOf } from '../profile/profile.ts'
import type { Field } from '../provider.ts'
import type { SecretKind } from '../secret/hidden.ts'
import type { Secrets } from '../secret/secrets.ts'
import { describeType, fitValue } from './fit.ts'
import { hideAll, type Value } from './value.ts'

export function shapeField(profile: Profile, name: string, value: Value, secrets: Secrets): Value {
  const field = fieldOf(profile.provider, name)
  const fitted = field ? fitField(profile, [name], field, value) : value
  // the words of a signer are no secret, and would be hidden wherever they are told
  if (name === 'key' && isTree(fitted) && 'signer' in fitted) return fitted
  if (isSecretField(profile.provider, name)) return hideAll(fitted, name, kindOf(name), secrets)
  const parts = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined
  return parts ? shapeParts(profile, [name], parts, fitted, secrets) : fitted
}

/** Fields that have fields. */
const PARTS: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  tls: TLS_FIELDS,
  cache: CACHE_FIELDS,
}

function shapeParts(
  profile: Profile,
  path: Path,
  parts: Readonly<Record<string, Field>>,
  value: Value,
  secrets: Secrets,
): Value {
  if (!isTree(value)) return value
  const members = Object.entries(value as { readonly [name: string]: Value })
  return Object.fromEntries(
    members.map(([name, item]) => {
      const field = parts[name]
      const fitted = field ? fitField(profile, [...path, name], field, item) : item
      return [name, field?.secret ? hideAll(fitted, name, 'secret', secrets) : fitted]
    }),
  )
}

const USERINFO = /^(?:[a-z][\w+.-]*:)?\/*[^/?#]*@/i

function fitField(profile: Profile, path: Path, field: Field, value: Value): Value {
  const fitted = fitValue(field, value)
  const name = path.join('.')
  if (fitted === undefined) throw invalid(profile, path, `${name} wants ${describeType(field)}`)
  // the proxy's has nowhere else to stand; others are shown in traces and dry runs
  if (
    field.type === 'url' &&
    name !== 'proxy' &&
    typeof fitted === 'string' &&
    USERINFO.test(fitted)
  )
    throw invalid(profile, path, `${name} has a user name or password in it`)
  if (field.choices && typeof fitted === 'string' && !field.choices.includes(fitted)) {
    throw invalid(profile, path, `${name} is one of ${field.choices.join(', ')}`)
  }
  return fitted
}

function invalid(profile: Profile, path: Path, message: string): TokenError {
  const origin = originOf(profile, path)
  const place = placeOf(profile, path)
  const fix = origin.kind === 'flag' ? `${origin.flag} …` : place && showPlace(place)
  return new TokenError('field_invalid', `${profile.name}: ${message}`, {
    ...(fix !== undefined && { fix }),
    profile: profile.name,
  })
}

function kindOf(name: string): SecretKind {
  if (name === 'key') return 'key'
  return /token$/i.test(name) ? 'token' : name === 'assertion' ? 'assertion' : 'secret'
}
