// What people paste by mistake.

import { isPage } from '../answer/answer.ts'

export interface Instead {
  readonly what: string
  readonly fix: string
}

const KINDS: readonly (readonly [pattern: RegExp, Instead])[] = [
  [
    /-----BEGIN [A-Z ]{0,40}(KEY|CERTIFICATE)/,
    { what: 'it is a key or certificate', fix: 'tokentool key inspect FILE' },
  ],
  [
    /^\s*(Authorization:\s*)?(Bearer\s+)?["']?eyJ[\w-]+\.[\w-]*\.?/i,
    { what: 'it is a token', fix: 'tokentool decode -' },
  ],
  [
    /"(access_token|id_token)"\s*:/,
    { what: 'it is an answer with a token in it', fix: 'tokentool decode -' },
  ],
]

const PAGE: Instead = {
  what: 'it is a web page, and token services do not answer with those',
  fix: 'curl -s -i URL, to see the status, and whether a sign-in page of the network is in the way',
}

/** Of what nobody knows as an error: what it is, and what to do with that. */
export function describeInstead(text: string): Instead | undefined {
  return KINDS.find(([pattern]) => pattern.test(text))?.[1] ?? (isPage(text) ? PAGE : undefined)
}
