// Kinds of tokens that a service is known to issue or take, told apart by their claims. The kinds
// themselves are data of the providers.

import { type ExactJson, findMember } from './json/exact-json.ts'

export interface TokenShape {
  /** in words, with an article: "a VA sign-in service access token" */
  readonly name: string
  /**
   * A claim, or `header.x`, and what it must be: a text, one of several texts, there (true) or absent
   * (false). All must hold; of a list one item is enough.
   */
  readonly signs: Readonly<Record<string, string | boolean | readonly string[]>>
  /** what a claim holds, where this service has its own use for it */
  readonly claims?: Readonly<Record<string, string>>
  /** a claim, and why it is missing on purpose */
  readonly lacks?: Readonly<Record<string, string>>
  /** the code of a finding, and why this service causes it on purpose */
  readonly waives?: Readonly<Record<string, string>>
}

/** The first that fits: the narrower ones come first. */
export function identifyShape(
  header: ExactJson | undefined,
  payload: ExactJson | undefined,
  shapes: readonly TokenShape[],
): TokenShape | undefined {
  if (payload?.type !== 'object') return undefined
  return shapes.find(({ signs }) =>
    Object.entries(signs).every(([name, wanted]) => {
      const value = name.startsWith('header.')
        ? findMember(header, name.slice('header.'.length))
        : findMember(payload, name)
      return typeof wanted === 'boolean' ? (value !== undefined) === wanted : says(value, wanted)
    }),
  )
}

function says(value: ExactJson | undefined, wanted: string | readonly string[]): boolean {
  if (value?.type === 'array') return value.items.some((item) => says(item, wanted))
  if (value?.type !== 'string') return false
  return typeof wanted === 'string' ? value.value === wanted : wanted.includes(value.value)
}
