// Everything in a JSON value, with where it stands. No recursion: a token may be as deep as it likes.

import type { ExactJson } from './exact-json.ts'

export interface Place {
  /** of the member, or the number of the item */
  readonly name: string
  readonly value: ExactJson
  readonly parent: Place | undefined
}

export function* walkJson(json: ExactJson): Generator<Place> {
  const open: Place[] = listInside({ name: '', value: json, parent: undefined }, true)
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    yield place
    for (const one of listInside(place, false)) open.push(one)
  }
}

/** Last first, so that they come off the pile in order. */
function listInside(parent: Place, outermost: boolean): Place[] {
  const { value } = parent
  const up = outermost ? undefined : parent
  if (value.type === 'object') {
    return value.members.map((one) => ({ name: one.name, value: one.value, parent: up })).reverse()
  }
  if (value.type !== 'array') return []
  return value.items.map((one, at) => ({ name: `${at}`, value: one, parent: up })).reverse()
}

/** `a.b.0` */
export function namePlace(place: Place): string {
  const names: string[] = []
  for (let one: Place | undefined = place; one !== undefined; one = one.parent) names.push(one.name)
  return names.reverse().join('.')
}

export function outermost(place: Place): Place {
  let one = place
  while (one.parent !== undefined) one = one.parent
  return one
}
