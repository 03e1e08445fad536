// The JSON Schema of the profile file as editors are given it: the schemas that the program checks
// by, chosen by the provider that a profile names. It may be more lenient than the checker, never
// stricter: a ${…} stands for anything, and a provider of one's own takes fields of its own.

import { COMMON_FIELDS } from '../profile/fields.ts'
import type { Provider } from '../provider.ts'
import { COLUMNS } from './column-schema.ts'
import { allFields, FILE_SCHEMA, profileSchema } from './profile-schema.ts'
import type { JsonSchema } from './schema.ts'

/** Any keyword: what is published is read by others. */
type Published = { readonly [keyword: string]: unknown }

const PLACEHOLDER = '\\$\\{'

export function publishSchema(providers: Readonly<Record<string, Provider>>): Published {
  const names = Object.keys(providers)
  const { profiles, ...file } = FILE_SCHEMA.properties ?? {}
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'tokentool profiles',
    ...publish(FILE_SCHEMA),
    properties: {
      ...publishAll(file),
      profiles: {
        ...profiles,
        propertyNames: { type: 'string', pattern: '^\\w[\\w.-]*$' },
        additionalProperties: { $ref: '#/$defs/profile' },
      },
    },
    $defs: {
      profile: {
        type: 'object',
        properties: { provider: describeChoice(providers) },
        allOf: [
          ...names.map((name) => ({
            if: { properties: { provider: { const: name } }, required: ['provider'] },
            // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
            then: { $ref: `#/$defs/${name}` },
          })),
          {
            // a provider of one's own, or none: what it extends names it
            if: {
              properties: { provider: { type: 'string', pattern: `^(?!(${names.join('|')})$)` } },
            },
            // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
            then: { $ref: '#/$defs/other' },
          },
        ],
      },
      ...Object.fromEntries(
        Object.entries(providers).map(([name, provider]) => [name, publishProfile(provider)]),
      ),
      other: describeOther(Object.values(providers)),
      ...Object.fromEntries(
        Object.entries(COLUMNS).map(([name, schema]) => [`column-${name}`, publishOnce(schema)]),
      ),
    },
  }
}

/** The built-in providers each with its line, and any other name. */
function describeChoice(providers: Readonly<Record<string, Provider>>): Published {
  return {
    description: COMMON_FIELDS.provider?.help,
    anyOf: [
      ...Object.entries(providers).map(([name, { description }]) => ({ const: name, description })),
      { type: 'string' },
    ],
  }
}

function publishProfile(provider: Provider): Published {
  const schema = profileSchema(provider)
  return {
    ...publish(schema),
    properties: { ...publishAll(schema.properties ?? {}), ...describeVia(schema) },
  }
}

function describeVia({ properties = {} }: JsonSchema): Published {
  return {
    via: {
      description: properties.via?.description,
      anyOf: [{ type: ['string', 'null'] }, { $ref: '#/$defs/profile' }],
    },
  }
}

/** All that any provider knows, without its type: nothing here says which provider it is. */
function describeOther(providers: readonly Provider[]): Published {
  const fields = Object.assign({}, ...providers.map(allFields), COMMON_FIELDS)
  const described = Object.entries(fields as typeof COMMON_FIELDS).map(([name, { help }]) => [
    name,
    { description: help },
  ])
  const [first] = providers
  const schema = first ? profileSchema(first) : {}
  return {
    type: 'object',
    properties: {
      ...Object.fromEntries(described),
      ...publishAll(COLUMNS),
      ...describeVia(schema),
      environments: {
        type: ['object', 'null'],
        description: schema.properties?.environments?.description,
        additionalProperties: { type: ['object', 'null'] },
      },
    },
  }
}

function publishAll(schemas: Readonly<Record<string, JsonSchema>>): Published {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const published = publish(schema)
      const description = schema.description ?? COLUMN_HELP[name]
      return [name, description === undefined ? published : { description, ...published }]
    }),
  )
}

const COLUMN_HELP: Readonly<Record<string, string>> = {
  fields: 'fields of your own, for the templates of this profile or provider',
  assertion: 'the JWT that is signed; laid over the provider’s, null removes',
  client_assertion: 'the JWT by which the client authenticates; laid over the provider’s',
  limits: 'what is refused before it is sent; laid over the provider’s',
  call: 'the request; laid over the provider’s, null removes',
  auths: 'ways for the client to authenticate, by name; client_auth picks one',
  grants: 'the grants by name; grant picks one',
  answer: 'where the token and what belongs to it are in the answer',
  use: 'how the token is used where it is not Authorization: Bearer',
  explain: 'what errors of the service mean, and their fix',
  retry: 'whether the call may be repeated',
  jwks: 'where the keys are that sign the tokens',
}

/** The columns stand in every profile, and in each of its environments: they are written once. */
function publish(schema: JsonSchema): Published {
  const column = Object.keys(COLUMNS).find((name) => COLUMNS[name] === schema)
  return column === undefined ? publishOnce(schema) : { $ref: `#/$defs/column-${column}` }
}

function publishOnce(schema: JsonSchema): Published {
  const { errorHint, properties, additionalProperties, items, anyOf, ...plain } = schema
  const published = {
    ...plain,
    ...(properties && { properties: publishAll(properties) }),
    ...(additionalProperties !== undefined && {
      additionalProperties: additionalProperties && publish(additionalProperties),
    }),
    ...(items && { items: publish(items) }),
    ...(anyOf && { anyOf: anyOf.map(publish) }),
    // what the language servers of VS Code and YAML call it
    ...(errorHint !== undefined && { errorMessage: errorHint }),
  }
  return admitPlaceholder(schema, published)
}

function admitPlaceholder(schema: JsonSchema, published: Published): Published {
  const types = typeof schema.type === 'string' ? [schema.type] : schema.type
  if (schema.enum) {
    const { description, ...rest } = published
    return {
      ...(description !== undefined && { description }),
      anyOf: [rest, { type: 'string', pattern: PLACEHOLDER }],
    }
  }
  if (types?.includes('string')) {
    if (schema.pattern === undefined) return published
    return { ...published, pattern: `(${schema.pattern})|${PLACEHOLDER}` }
  }
  // a map with members of its own, or a list, is written out
  const whole = schema.properties ?? schema.additionalProperties ?? schema.items
  if (types === undefined || types.includes('array') || whole !== undefined) return published
  // the pattern is for texts only
  return { ...published, type: [...types, 'string'], pattern: PLACEHOLDER }
}
