// Whether tokens are kept from one run to the next. None of it is a problem: nothing that is kept is
// needed for an answer.

import type { Findings } from './finding.ts'

export type CacheState =
  /** why nothing is kept, as somebody wanted it */
  | { readonly off: string }
  /** why nothing can be kept, and what to look at */
  | { readonly fault: string; readonly fix: string }
  | {
      readonly shown: string
      /** undefined: the folder is not there yet */
      readonly kept: number | undefined
      readonly over: number
      /** the folder, where others may look into it */
      readonly wide: string | undefined
    }

export function examineCache(state: CacheState, findings: Findings): void {
  findings.turnTo(null)
  if ('off' in state) {
    findings.add('cache', 'skipped', `nothing is kept: ${state.off}`)
    return
  }
  if ('fault' in state) {
    findings.add('cache', 'warning', `nothing is kept: ${state.fault}`, {
      means: ['each run asks for a new token'],
      fix: [state.fix],
    })
    return
  }
  const { shown, kept, over, wide } = state
  findings.add('cache', 'ok', `${shown}: ${count(kept, over)}`)
  if (wide !== undefined) {
    findings.add('cache', 'warning', `${wide} can be looked into by other users`, {
      means: ['the next run that keeps a token narrows it'],
      fix: [`chmod 700 ${wide}`],
    })
  }
}

function count(kept: number | undefined, over: number): string {
  if (kept === undefined) return 'will be made when a token is kept'
  if (kept === 0) return 'no token is kept'
  const tokens = kept === 1 ? '1 token is kept' : `${kept} tokens are kept`
  return over === 0 ? tokens : `${tokens}, of which ${over} ${over === 1 ? 'is' : 'are'} over`
}
