// Failures on order, for tests of what a client does about them. Counted, never drawn by lot.

import { STATUS_CODES } from 'node:http'
import type { TwinAnswer } from './twin.ts'

export interface Fault {
  readonly status: number
  /** 1: every request; 0.1: every tenth */
  readonly probability: number
}

/** Asked once for each request: the failure that is due, or undefined. */
export function createFault({ status, probability }: Fault): () => TwinAnswer | undefined {
  let due = 0
  return () => {
    due += probability
    // ten tenths are a little less than one
    if (due < 1 - 1e-9) return undefined
    due -= 1
    return answerAsGateway(status)
  }
}

/** A gateway in front of the service knows nothing of its JSON. */
function answerAsGateway(status: number): TwinAnswer {
  const title = `${status} ${STATUS_CODES[status] ?? 'Unknown'}`
  return {
    status,
    headers: { 'content-type': 'text/html', server: 'gateway' },
    body: `<html>\n<head><title>${title}</title></head>\n<body><h1>${title}</h1></body>\n</html>\n`,
    why: 'fault on order',
  }
}
