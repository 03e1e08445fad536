// How the service finds out who calls, quirks and all: what it takes for Basic, and when it looks
// into the form.

import type { TwinAnswer, TwinRequest } from '../twin.ts'
import type { Client } from './accounts.ts'
import { refuse } from './errors.ts'

export type Form = Map<string, string>

export interface Credentials {
  readonly id: string
  readonly secret: string
}

/** An answer is the refusal. The form's own credentials are taken out of it. */
export function takeCredentials(request: TwinRequest, form: Form): Credentials | TwinAnswer {
  const header = request.headers.authorization ?? ''
  if (header.trim() === '') {
    const id = take(form, 'client_id')
    const secret = take(form, 'client_secret')
    return isBlank(id) || isBlank(secret) ? refuse('ERR12002') : { id, secret }
  }
  // It cuts characters 0–5 and from 6 on without looking at the length: an exception where
  // there are fewer.
  if (header.length < 5) return refuse('ERR10010')
  if (header.slice(0, 5).toLowerCase() !== 'basic') return refuse('ERR12003', header)
  if (header.length < 6) return refuse('ERR10010')
  const raw = header.slice(6)
  const text = raw.includes(':') ? raw : Buffer.from(raw, 'base64').toString()
  const colon = text.indexOf(':')
  if (colon === -1) return refuse('ERR12004', text)
  const id = text.slice(0, colon)
  const secret = text.slice(colon + 1)
  return isBlank(id) || isBlank(secret) ? refuse('ERR12003', header) : { id, secret }
}

/** A bootstrap client stands in a configuration of its own, where the other grants do not look. */
export function findClient(
  clients: readonly Client[],
  { id, secret }: Credentials,
): Client | TwinAnswer {
  const client = clients.find((one) => one.client_id === id && one.type !== 'bootstrap')
  if (!client) return refuse('ERR12014', id)
  return client.client_secret === secret ? client : refuse('ERR12007')
}

export function isAnswer(value: object): value is TwinAnswer {
  return 'status' in value
}

export function take(form: Form, name: string): string | undefined {
  const value = form.get(name)
  form.delete(name)
  return value
}

function isBlank(text: string | undefined): text is undefined {
  return text === undefined || text.trim() === ''
}
