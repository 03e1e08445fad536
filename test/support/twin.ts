// A sandbox for one test file, at a fixed time, and a request to it with nothing added.

import type { KeyObject } from 'node:crypto'
import { type Sandbox, startSandbox } from '../../src/sandbox/server.ts'
import { splitToken, type TokenParts } from '../../src/sandbox/signing.ts'
import type { Accounts } from '../../src/sandbox/twins.ts'

export const NOW = Date.parse('2026-11-02T12:00:00.250Z')
export const SECOND = Math.floor(NOW / 1000)

export function openSandbox(
  accounts: Accounts,
  more: {
    baseUrls?: Record<string, string>
    now?: () => number
    log?: (line: string) => void
  } = {},
): Promise<Sandbox> {
  return startSandbox({
    accounts,
    port: 0,
    host: '127.0.0.1',
    tls: false,
    baseUrls: {},
    clockOffset: 0,
    faults: {},
    now: () => NOW,
    ...more,
  })
}

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** parsed; fails the test where it is not JSON */
  json(): Record<string, unknown>
}

export async function send(
  url: string,
  {
    method = 'POST',
    headers = {},
    body,
  }: {
    method?: string
    headers?: Record<string, string>
    body?: string
  } = {},
): Promise<Reply> {
  // As bytes, or fetch makes up a content type.
  const init = body === undefined ? {} : { body: new TextEncoder().encode(body) }
  const answer = await fetch(url, { method, headers, ...init })
  const text = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    json: () => JSON.parse(text),
  }
}

/** A form's content type and body. */
export function form(fields: Record<string, string | undefined>) {
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  )
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(given).toString(),
  }
}

export function json(value: unknown) {
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }
}

export const encodeBasic = (id: string, secret: string) =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

export const toPem = (key: KeyObject) => key.export({ format: 'pem', type: 'spki' }).toString()

export function readToken(token: unknown): TokenParts {
  const parts = splitToken(String(token))
  if (!parts) throw new Error('not a JWT')
  return parts
}
