// The columns of a provider as JSON Schema: for the providers of a profile file and for what a
// profile lays over its provider. null is allowed everywhere, since there it removes.

import type { JsonSchema } from './schema.ts'

const text: JsonSchema = { type: ['string', 'null'] }
const number: JsonSchema = { type: ['number', 'null'] }
const flag: JsonSchema = { type: ['boolean', 'null'] }
const templates: JsonSchema = { type: ['object', 'null'] }
const paths: JsonSchema = { type: ['string', 'array', 'null'], items: { type: 'string' } }
const texts: JsonSchema = { type: ['array', 'null'], items: { type: 'string' } }
const names = (schema: JsonSchema): JsonSchema => ({
  type: ['object', 'null'],
  additionalProperties: schema,
})
const members = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: ['object', 'null'],
  properties,
  additionalProperties: false,
})
const choice = (...values: string[]): JsonSchema => ({ enum: [...values, null] })
const say = (schema: JsonSchema, description: string): JsonSchema => ({ ...schema, description })

const FIELD = members({
  help: text,
  type: choice(
    'text',
    'list',
    'object',
    'number',
    'boolean',
    'duration',
    'url',
    'path',
    'text or list',
    'text or object',
  ),
  required: flag,
  default: {},
  choices: texts,
  secret: flag,
  example: {},
})

const ASSERTION = members({
  algorithms: say(texts, 'that the service accepts, best first'),
  key: say(text, 'the HMAC key, where it is not the key of the profile'),
  header: say(templates, 'the JOSE header, written out in full'),
  claims: say(templates, 'the claims, written out in full'),
  lifetime: say(number, 'seconds'),
  backdate: say(number, 'seconds that iat is set back'),
  file: say(text, 'instead of signing: the file where someone else keeps it fresh'),
  env: say(text, 'instead of signing: the variable that holds it'),
  command: say(text, 'instead of signing: the command that prints it; no shell runs it'),
})

const CLAIM_RULE = members({
  required: flag,
  type: choice('text', 'number', 'list', 'object'),
  filled: flag,
  one_of: texts,
  why: text,
  fix: text,
})

const LIMITS = members({
  lifetime: say(number, 'longest lifetime of an assertion, in seconds'),
  assertion_length: { type: ['array', 'null'], items: { type: 'number' } },
  claims: names(CLAIM_RULE),
  via: members({ required: flag, claims: names(CLAIM_RULE), scopes: choice('contained', 'equal') }),
})

const CALL = members({
  method: text,
  url: text,
  in: say(choice('form', 'json', 'query', 'multipart', 'raw'), 'where params go'),
  params: templates,
  body: say(text, 'the body itself, with in: raw'),
  query: templates,
  headers: templates,
  content_type: say(text, 'for a body that is empty or raw'),
  needs: say(texts, 'scopes that the token before this call must have'),
})

const ANSWER = members({
  format: choice('json', 'form', 'text'),
  ok_status: { type: ['array', 'null'], items: { type: 'number' } },
  ok_path: text,
  ok_values: say({ type: ['array', 'null'] }, 'null among them: the member may be absent'),
  token: say(paths, 'where the token is: dotted paths, tried in order'),
  type: paths,
  expires_in: paths,
  expires_unit: choice('auto', 's', 'ms'),
  expires_at: paths,
  expires_from: paths,
  expires_after: number,
  expires_default: number,
  scopes: paths,
  extra: say(names(text), 'what else is kept: name and path'),
  error_code: paths,
  error_text: paths,
  error_details: paths,
  error_pattern: say(text, 'a pattern on the raw body, with the groups code and text'),
  request_id: paths,
})

const EXPLAIN: JsonSchema = {
  type: ['array', 'null'],
  items: {
    type: 'object',
    properties: {
      service: { type: 'string' },
      status: { type: ['number', 'array'], items: { type: 'number' } },
      code: { type: ['string', 'array'], items: { type: 'string' } },
      code_pattern: { type: 'string' },
      text: { type: 'string' },
      url: { type: 'string' },
      means: { type: 'string' },
      why: { type: 'array', items: { type: 'string' } },
      fix: { type: ['string', 'array'], items: { type: 'string' } },
      suspects: {
        type: 'array',
        items: { enum: ['clock', 'environment', 'audience', 'scope', 'key', 'account'] },
      },
      class: { enum: ['credential', 'refused', 'unusable', 'unavailable'] },
      sent: { type: 'array', items: { type: 'string' } },
    },
    required: ['means'],
    additionalProperties: false,
  },
}

const RETRY = members({
  safe: flag,
  never: { type: ['array', 'null'], items: { type: 'number' } },
  renew: members({ status: { type: 'number' }, text: { type: 'string' } }),
})

const BASE: Readonly<Record<string, JsonSchema>> = {
  fields: names(FIELD),
  assertion: ASSERTION,
  client_assertion: ASSERTION,
  limits: LIMITS,
  call: CALL,
  answer: ANSWER,
  use: members({ header: text, value: text, headers: templates }),
  explain: EXPLAIN,
  retry: RETRY,
  jwks: text,
}

export const COLUMNS: Readonly<Record<string, JsonSchema>> = {
  ...BASE,
  auths: names(members(BASE)),
  grants: names(members(BASE)),
}

export const PROVIDER_SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    description: text,
    documentation: text,
    twin: text,
    environments: names(names({ type: 'string' })),
    ...COLUMNS,
  },
  additionalProperties: false,
}
