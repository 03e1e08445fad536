// A row of the catalogue: what a finding's code means, wherever it turns up.

import type { Finding } from './finding.ts'

export type Code = Pick<Finding, 'severity' | 'area' | 'why'>

type Area = Finding['area']

export const error = (area: Area, why: string): Code => ({ severity: 'error', area, why })
export const warning = (area: Area, why: string): Code => ({ severity: 'warning', area, why })
export const info = (area: Area, why: string): Code => ({ severity: 'info', area, why })
