// Apart from the forms themselves: the command line knows their names before it loads any of them.

export const FORMS = [
  'token',
  'header',
  'json',
  'env',
  'dotenv',
  'github',
  'gitlab',
  'exec-credential',
  'claims',
] as const
export type Form = (typeof FORMS)[number]

/** An assertion is for one call: none of the others is a place to keep it. */
export const ASSERTION_FORMS: readonly Form[] = ['token', 'header', 'json', 'claims']

/** They set variables, whose names can be chosen. */
export const NAMING_FORMS: readonly Form[] = ['env', 'dotenv', 'github', 'gitlab']

/** Read by programs, which often show both streams: nothing is said beside the answer. */
export const HELPER_FORMS: readonly Form[] = ['header', ...NAMING_FORMS, 'exec-credential']
