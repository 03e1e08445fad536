// A profile as JSON Schema, from the same fields that the program reads: the checker uses it, and
// published-schema.ts makes of it what editors are given.

import { CACHE_FIELDS, COMMON_FIELDS, fieldOf, nameChoices, TLS_FIELDS } from '../profile/fields.ts'
import { applyPatch } from '../profile/layer.ts'
import type { Columns, Field, FieldType, Provider } from '../provider.ts'
import { COLUMNS, PROVIDER_SCHEMA } from './column-schema.ts'
import type { JsonSchema } from './schema.ts'

const TYPES: Readonly<Record<FieldType, JsonSchema>> = {
  text: { type: ['string', 'null'] },
  url: { type: ['string', 'null'] },
  path: { type: ['string', 'null'] },
  list: { type: ['array', 'string', 'null'], items: { type: 'string' } },
  object: { type: ['object', 'null'] },
  number: { type: ['number', 'null'] },
  boolean: { type: ['boolean', 'null'] },
  duration: {
    type: ['string', 'number', 'null'],
    pattern: '^\\s*\\d{1,12}(\\.\\d+)?[smhd]?\\s*$',
    minimum: 0,
    errorHint: 'wants a time like 30s, 5m, 2h, 1d, or seconds',
  },
  'text or list': { type: ['string', 'array', 'null'], items: { type: 'string' } },
  'text or object': { type: ['string', 'object', 'null'] },
  'boolean or object': { type: ['boolean', 'object', 'null'] },
}

const SIGNER: JsonSchema = {
  type: ['array', 'null'],
  items: { type: 'string' },
  minItems: 1,
  description: 'the command that signs, word by word: {alg, kid, signing_input} → {signature}',
}

function schemaOf(field: Field): JsonSchema {
  const type = TYPES[field.type]
  const described: JsonSchema = { ...type, description: field.help }
  if (!field.choices) return described
  if (field.type === 'list') return { ...described, items: { enum: field.choices } }
  return { ...described, enum: [...field.choices, null] }
}

/** All that a profile of this provider may say, under whatever grant and authentication. */
export function allFields(provider: Provider): Readonly<Record<string, Field>> {
  const overlays = [...Object.values(provider.grants ?? {}), ...Object.values(provider.auths ?? {})]
  const { fields } = provider
  const variants: Columns[] = [
    provider,
    // the other columns hold no fields, and copying them all for each overlay takes 10 ms
    ...overlays.map(
      (overlay) => applyPatch({ fields }, { fields: overlay.fields ?? {} }) as Columns,
    ),
  ]
  const names = [
    ...Object.keys(COMMON_FIELDS),
    ...variants.flatMap((variant) => Object.keys(variant.fields)),
  ]
  return Object.fromEntries(
    names.flatMap((name) => {
      const field = variants
        .map((variant) => fieldOf(variant, name))
        .find((found) => found !== undefined)
      return field ? [[name, field] as const] : []
    }),
  )
}

export function profileSchema(provider: Provider): JsonSchema {
  const fields = Object.fromEntries(
    Object.entries(allFields(provider)).map(([name, field]) => [name, schemaOf(field)]),
  )
  for (const name of ['grant', 'client_auth'] as const) {
    const choices = nameChoices(provider, name)
    if (choices.length > 0) fields[name] = { ...fields[name], enum: [...choices, null] }
  }
  for (const [name, parts] of Object.entries({ tls: TLS_FIELDS, cache: CACHE_FIELDS })) {
    fields[name] = {
      ...fields[name],
      properties: Object.fromEntries(
        Object.entries(parts).map(([part, field]) => [part, schemaOf(field)]),
      ),
      additionalProperties: false,
    }
  }
  fields.key = { ...fields.key, properties: { signer: SIGNER } }
  const variables = Object.values(provider.environments ?? {}).flatMap((values) =>
    Object.keys(values),
  )
  for (const name of variables) fields[name] ??= TYPES.text
  const {
    provider: _,
    extends: __,
    environment: ___,
    description: ____,
    ...perEnvironment
  } = fields
  return {
    type: 'object',
    properties: {
      ...fields,
      via: {
        type: ['string', 'object', 'null'],
        description: 'the profile whose token authorises this call',
      },
      environments: {
        type: ['object', 'null'],
        description: 'what differs: fields laid over the profile, by environment',
        additionalProperties: {
          type: ['object', 'null'],
          properties: { ...perEnvironment, ...COLUMNS },
          additionalProperties: false,
        },
      },
      ...COLUMNS,
    },
    additionalProperties: false,
  }
}

export const FILE_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    $schema: { type: 'string', description: 'for editors' },
    default_profile: { type: 'string', description: 'the profile when none is named' },
    profiles: { type: 'object', description: 'profiles by name' },
    providers: {
      type: 'object',
      description: 'services of your own, as data',
      additionalProperties: PROVIDER_SCHEMA,
    },
  },
  additionalProperties: false,
}
