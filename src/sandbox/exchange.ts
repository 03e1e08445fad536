// Bytes in, bytes out: the one part of the sandbox that touches node:http's messages.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TwinAnswer } from './twin.ts'

const LARGEST = 1024 * 1024

/** undefined: too large. What is too large is still read, or the answer would never arrive. */
export async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming) {
    size += chunk.length
    if (size <= LARGEST) chunks.push(chunk)
  }
  return size <= LARGEST ? Buffer.concat(chunks) : undefined
}

export function joinHeaders(incoming: IncomingMessage): Record<string, string> {
  const headers = Object.entries(incoming.headersDistinct)
  return Object.fromEntries(headers.map(([name, values]) => [name, (values ?? []).join(', ')]))
}

/** The Date header follows the twin's clock, so that a client can learn how far its own is off. */
export function sendAnswer(outgoing: ServerResponse, answer: TwinAnswer, now: number): void {
  const isText = typeof answer.body === 'string'
  const body = isText || answer.body === undefined ? answer.body : JSON.stringify(answer.body)
  const bytes = Buffer.from(typeof body === 'string' ? body : '')
  outgoing.sendDate = false
  outgoing.writeHead(answer.status, {
    date: new Date(now).toUTCString(),
    ...(answer.body === undefined
      ? {}
      : {
          'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
        }),
    ...answer.headers,
    'content-length': bytes.length,
  })
  outgoing.end(bytes)
}

const REASONS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** For what is not even HTTP. */
export function formatProtocolError(code: string | undefined): string {
  const reason = REASONS[code ?? ''] ?? '400 Bad Request'
  return `HTTP/1.1 ${reason}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`
}
