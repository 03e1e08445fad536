// A text that somebody pasted, fit to be shown again: what looks like a token or stands behind the
// name of a secret is hidden. Services echo what they were sent, and logs have everything in them.

const MARK = '«hidden»'

/** Whatever stands behind one of these is a secret. */
const SECRET =
  '(?:client[_-]?secret|secret|password|passwd|pwd|passphrase|(?:client[_-]?)?assertion|api[_-]?key|' +
  '(?:access|refresh|id|auth|session|subject|actor|device)[_-](?:token|secret)|private[_-]?key|' +
  'code[_-]?verifier|x-api-key|(?:set-)?cookie)'
/** Behind these as well, where it looks like one: prose goes on with words. */
const CARRIER =
  '(?:token|jwt|credentials?|verifier|authorization(?: header)?|auth(?:ori[sz]ation)? code|header)'

const RULES: readonly (readonly [pattern: RegExp, keep: string])[] = [
  [/-----BEGIN [^-]{1,60}-----[\s\S]*?(?:-----END [^-]{1,60}-----|$)/g, ''],
  [/\beyJ[\w-]{6,}(?:\.[\w-]*)*/g, ''],
  [/(\/\/)[^\s/@"']{1,500}(?=@)/g, '$1'],
  // a scheme and its credentials; neither the parameters of a challenge nor prose
  [
    /\b((?:Bearer|Basic|DPoP|Digest|SSWS)\s{1,3})(?!(?:realm|error|scope|charset|nonce|resource|algs)\w*=)(?=[^\s"',]{0,500}[\d=:/+])[^\s"',]+/gi,
    '$1',
  ],
  [behind(SECRET, '(?!«|\\s)[^\\s"\',;&}\\]\\\\]+'), '$1'],
  [behind(CARRIER, '(?=[^\\s"\',]{0,200}\\d)[\\w~+/=.:-]{8,}'), '$1'],
  [
    new RegExp(
      `(\\b(?:${SECRET}|${CARRIER})\\s{1,3}["']?)(?=[^\\s"',]{0,200}\\d)[\\w~+/=.:-]{8,}`,
      'gi',
    ),
    '$1',
  ],
  [
    /((?:refresh|access|id) token["']?\s{0,3}[:=]?\s{0,3}["']?)(?=[^\s"',]{0,200}\d)[\w~+/=.:-]{8,}/gi,
    '$1',
  ],
  [/((?:^|\s)(?:-u|--user|-H|--header)[ =]["']?)\S+/g, '$1'],
  [/(\bcode["']?\s{0,3}[=:]\s{0,3}["']?)[\w~+/=.-]{16,}/gi, '$1'],
  [/([?&]code=)[^\s&"'<>]+/gi, '$1'],
  // tokens that say themselves what they are
  [/\b(?:gh[pousr]_|github_pat_|xox[abeprs]-|ya29\.|sk_|pk_|glpat-|AKIA)[\w.-]{6,}/g, ''],
  // lines of base64, and what is left of the last one
  [/(?:[\w+/=-]{40,2000}(?:\\n|\s)+)+[\w+/=-]+/g, ''],
  // longer than a name or an id, and of the letters of base64
  [/(?<![\w./:@%-])(?=[\w+/=-]{0,200}\d)(?=[\w+/=-]{0,200}[A-Za-z])[\w+/=-]{40,}/g, ''],
]

/** `name=value`, `"name": "value"`, `'name' => 'value'` */
function behind(name: string, value: string): RegExp {
  return new RegExp(
    `(\\b${name}\\\\{0,3}["']?\\s{0,3}(?:=>|[=:])\\s{0,3}\\[?\\\\{0,3}["']?)${value}`,
    'gi',
  )
}

export function maskSecrets(text: string): string {
  let masked = text
  for (const [pattern, keep] of RULES) masked = masked.replace(pattern, `${keep}${MARK}`)
  return masked
}
