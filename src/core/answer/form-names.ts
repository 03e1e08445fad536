// Apart from the forms themselves: the command line knows their names before it loads any of them.

export const FORMS = ['token', 'header', 'json', 'claims'] as const
export type Form = (typeof FORMS)[number]
