// How a person sees it: at what time, in which zone, on which terminal.

import type { Zone } from '../../core/jwt/time/instant.ts'
import { escapeLine, wrap } from '../../core/terminal.ts'
import type { World } from '../../core/world.ts'
import type { Paint } from '../../io/paint.ts'

export interface View {
  readonly now: number
  readonly zone: Zone
  readonly world: World
  readonly paint: Paint
}

export function fold(text: string, { world }: View, indent: number): string {
  const safe = escapeLine(text)
  return world.stdout.isTTY ? wrap(safe, world.stdout.columns - 1, indent) : safe
}
