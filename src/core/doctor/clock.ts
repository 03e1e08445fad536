// Whether the clock here can be right: by itself, and by the Date of what was answered.

import { formatDuration } from '../duration.ts'
import type { Findings } from './finding.ts'

const YEAR_OF_THIS_PROGRAM = Date.UTC(2024, 0)
const WRONG = {
  means: ['services refuse assertions of another time'],
  fix: ['timedatectl set-ntp true'],
}

export function examineClock(now: number, findings: Findings): void {
  findings.turnTo(null)
  const shown = new Date(now).toISOString().replace(/\.\d+/, '')
  if (now >= YEAR_OF_THIS_PROGRAM) findings.add('clock', 'ok', shown)
  else findings.add('clock', 'warning', `${shown}: this clock is wrong`, WRONG)
}

/** Seconds: what travel and a busy machine may make of it, and what services forgive. */
const SAME = 5
const FORGIVEN = 30

/** `skew`: seconds that the clock of the host is ahead of ours. */
export function examineSkew(host: string, skew: number, findings: Findings): void {
  findings.turnTo(null)
  const seconds = Math.abs(skew)
  if (seconds < SAME) {
    findings.add('clock', 'ok', `the clock here agrees with that of ${host}`)
    return
  }
  const long = seconds < 60 ? '' : ` (${formatDuration(seconds)})`
  const side = skew > 0 ? 'behind' : 'ahead of'
  const message = `the clock here is ${seconds} s${long} ${side} that of ${host}`
  findings.add('clock', seconds > FORGIVEN ? 'problem' : 'warning', message, WRONG)
}
