// What a profile lacks, said with the place where it would be added.

import { TokenError } from '../error.ts'
import { showPlace } from '../file/mistake.ts'
import { nearest } from '../nearest.ts'
import type { Placeholder } from '../template/template.ts'
import { BUILT_IN_NAMES, COMMON_FIELDS, fieldOf, isSecretField, SECRET_NAMES } from './fields.ts'
import type { Profile } from './profile.ts'

const EXAMPLES: Readonly<Record<string, string>> = {
  key_path: './key.pem',
  public_key: './public.pem',
}

export function missingField(profile: Profile, path: readonly string[]): TokenError {
  const [name = ''] = path
  const field = fieldOf(profile.provider, name)
  const code =
    name === 'key_path' || name === 'public_key'
      ? 'key_missing'
      : isSecretField(profile.provider, name)
        ? 'secret_missing'
        : 'field_missing'
  const place = profile.entry?.document.place(profile.entry.path, 'key')
  const example = field?.secret ? `\${env:${name.toUpperCase()}}` : (EXAMPLES[name] ?? '…')
  return new TokenError(code, `${profile.name} has no ${path.join('.')}`, {
    ...(field && { means: field.help }),
    fix: place
      ? `${showPlace(place)} add: ${name}: ${example}`
      : `-s ${path.join('.')}=${field?.secret ? '@FILE' : example}`,
    profile: profile.name,
    provider: profile.providerName,
  })
}

/** A placeholder that comes to nothing where something is needed. */
export function missingValue(profile: Profile, placeholder: Placeholder): TokenError {
  const { kind, name, text, advice } = placeholder
  if (kind === 'env') {
    return new TokenError('secret_missing', `${profile.name}: the variable ${name} is not set`, {
      means: advice ?? `the profile takes a value from ${text}`,
      fix: `export ${name}=…`,
      profile: profile.name,
    })
  }
  const [first, ...rest] = name.split('.')
  if (first !== 'via') return missingField(profile, name.split('.'))
  return new TokenError(
    'field_missing',
    `${profile.name}: the token before it has no ${rest.join('.')}`,
    {
      means: `${text} is taken from what the earlier call answered; there are via.access_token, via.scopes, via.claims.… and, where the earlier provider keeps them, via.extra.…`,
      profile: profile.name,
    },
  )
}

export function missingVia(profile: Profile): TokenError {
  const { entry, providerName } = profile
  const place = entry && showPlace(entry.document.place(entry.path, 'key'))
  return new TokenError('field_missing', `${profile.name} needs the token of another profile`, {
    means: `${providerName} is called with a token that an earlier call yields, and no profile is named in via`,
    fix: place ? `${place} add: via: NAME` : `tokentool get NAME --then ${providerName}`,
    profile: profile.name,
    provider: providerName,
  })
}

export function unknownPlaceholder(
  profile: Profile,
  placeholder: Placeholder,
  names: readonly string[] = knownNames(profile),
): TokenError {
  const close = nearest(placeholder.name, names)
  return new TokenError(
    'placeholder_unknown',
    `${profile.name}: nobody knows ${placeholder.text}`,
    {
      means: close === undefined ? `there are ${names.join(', ')}` : `did you mean \${${close}}?`,
      profile: profile.name,
    },
  )
}

function knownNames(profile: Profile): string[] {
  const variables = Object.values(profile.provider.environments ?? {}).flatMap((names) =>
    Object.keys(names),
  )
  const names = [
    ...Object.keys(COMMON_FIELDS),
    ...Object.keys(profile.provider.fields),
    ...variables,
    ...BUILT_IN_NAMES,
  ]
  return [...new Set(names)].filter((name) => !SECRET_NAMES.test(name) || name === 'client_secret')
}
