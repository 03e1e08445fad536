// The trace: what -v and -vv tell of each step, and the line on a terminal that says what is being
// waited for. Nothing here is needed for the answer.

import { readSkew } from '../core/answer/answer.ts'
import type { Watch } from '../core/call/tools.ts'
import { formatDuration } from '../core/duration.ts'
import type { Profile } from '../core/profile/profile.ts'
import type { Printer } from './printer.ts'

/** Before this a person does not notice that anything is slow. */
const PATIENCE = 300

export function createWatch(printer: Printer): Watch & { stop(): void } {
  let timer: NodeJS.Timeout | undefined
  const stop = (): void => {
    clearTimeout(timer)
    timer = undefined
    void printer.clearStatus()
  }
  const at = (profile: Profile): string =>
    `${profile.name} (${profile.providerName}${profile.environment === undefined ? '' : `, ${profile.environment}`})`
  return {
    stop,
    signed(profile, header, claims, key) {
      void printer.trace(1, `${at(profile)}: signed with ${key.description}`)
      void printer.trace(1, `  claims  ${JSON.stringify(claims)}`)
      void printer.trace(2, `  header  ${JSON.stringify(header)}`)
    },
    taken(profile, source, claims) {
      void printer.trace(1, `${at(profile)}: the assertion comes from ${source}`)
      void printer.trace(1, `  claims  ${JSON.stringify(claims)}`)
    },
    sending(profile, request) {
      stop()
      const [url = ''] = request.url.split('?')
      void printer.trace(
        1,
        `${at(profile)}: ${request.method} ${printer.view.verbose > 1 ? request.url : url}`,
      )
      for (const [name, value] of request.headers) void printer.trace(2, `  > ${name}: ${value}`)
      if (request.body !== undefined) void printer.trace(2, `  > ${request.body}`)
      const host = URL.canParse(request.url) ? new URL(request.url).host : 'the service'
      timer = setTimeout(() => void printer.showStatus(`waiting for ${host} …`), PATIENCE)
      timer.unref()
    },
    retrying(profile, failure, pause) {
      stop()
      if (pause >= PATIENCE)
        void printer.showStatus(`${failure}; trying again in ${formatDuration(pause / 1000)} …`)
      void printer.trace(
        1,
        `${at(profile)}: ${failure}; trying again in ${(pause / 1000).toFixed(1)} s`,
      )
    },
    kept(profile, what) {
      void printer.trace(1, `${at(profile)}: ${KEPT[what]}`)
      if (what === 'waiting') void printer.showStatus(`${KEPT.waiting} …`)
    },
    answered(profile, answer, requestId) {
      stop()
      const skew = readSkew(answer)
      const clock =
        skew === undefined
          ? ''
          : skew === 0
            ? ' · clocks agree'
            : ` · our clock is ${formatDuration(Math.abs(skew))} ${skew < 0 ? 'ahead' : 'behind'}`
      const request = requestId === undefined ? '' : ` · request ${requestId}`
      void printer.trace(
        1,
        `${at(profile)}: ${answer.status} in ${answer.answeredAt - answer.sentAt} ms${request}${clock}`,
      )
      for (const [name, value] of Object.entries(answer.headers).map(veilHeader))
        void printer.trace(2, `  < ${name}: ${value}`)
      void printer.trace(2, `  < ${answer.body.slice(0, 4096)}`)
    },
  }
}

const KEPT = {
  found: 'a token of an earlier run is still good; nothing is asked',
  waiting: 'another run is asking for this token; waiting for it',
  stored: 'the token is kept for the next time',
  alone: 'no lock can be had in the cache, so others may ask for the same',
  nameless: 'the token will not be kept: what it depends on cannot be told beforehand',
} as const

/** Cookies are secrets, and so may be what a redirect has in its query. */
function veilHeader([name, value]: [string, string]): [string, string] {
  if (name === 'set-cookie') return [name, '«hidden»']
  return name === 'location' ? [name, value.replace(/[?#].*$/, '?«hidden»')] : [name, value]
}
