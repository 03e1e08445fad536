// A text that somebody pasted, fit to be shown again: what looks like a token or stands behind the
// name of a secret is hidden. Services echo what they were sent, and logs have everything in them.

const MARK = '«hidden»'

/** Whatever stands behind a name that ends like this is a secret. */
const ENDING =
  '(?:secret|password|passwd|pwd|passphrase|credentials?|token|token_hint|jwt|key|signature|sig|' +
  'assertion|code[_-]?verifier|(?:device|user|auth|authorization)[_-]?code|otp)'
const NAME = `[\\w.-]*${ENDING}`
/** Not the beginning of a sentence, as an error code or an address may be: "invalid_token: it is over". */
const PROSE =
  '(?:invalid|expired|missing|unknown|bad|wrong|no|unsupported|malformed|revoked|jwt)[_-]'
/** These end no name, and are none where prose goes on with words. */
const CARRIER =
  '(?:token|jwt|credentials?|secret|password|verifier|assertion|api[_-]?key|authorization(?: header)?|' +
  'auth(?:ori[sz]ation)? code|header)'

const SIGN = '\\s{0,3}(?:=>|[=:])\\s{0,3}'
const ENCODED_SIGN = '%(?:25){0,3}3[DA]'
/** To the quote that closes it, whatever quotes and backslashes are in between. */
const QUOTED = `(\\\\{1,3}["'])(?:(?!\\2)[^\\n])+|(["'\`])(?:\\\\.|(?!\\3)[^\\\\\\n])+`
const BARE = '(?!«|[[{]|\\s)[^\\s"\'&<>\\\\]+'
const HEADER = '(?:(?:proxy-)?authorization|(?:set-)?cookie2?)'

interface Rule {
  readonly pattern: RegExp
  /** what is kept in front of the mark, by the groups of the pattern */
  readonly keep: (groups: readonly (string | undefined)[]) => string
}

const first: Rule['keep'] = ([kept = '']) => kept
/** The name, and the quote that opens the value. */
const withQuote: Rule['keep'] = ([kept = '', escaped, quote]) => `${kept}${escaped ?? quote ?? ''}`

function hide(pattern: RegExp, keep: Rule['keep'] = first): Rule {
  return { pattern, keep }
}

const QUOTED_VALUES: readonly Rule[] = [
  // a header that stands in quotes as a whole, then one whose value does, then a line of its own
  hide(new RegExp(`((["'\`])${HEADER}\\s{0,3}[:=]\\s{0,3})(?!\\2)(?:(?!\\2)[^\\n])+`, 'gi')),
  hide(new RegExp(`(\\b${HEADER}\\\\{0,3}["']?${SIGN}\\[?)(?:${QUOTED})`, 'gi'), withQuote),
  hide(new RegExp(`(\\b${HEADER}(?:\\\\{0,3}["'])?${SIGN})(?![\\s"'\\\\«])[^\\n]+`, 'gi')),
  hide(
    new RegExp(
      `((?<![\\w.-])${NAME}\\\\{0,3}["']?(?:${SIGN}|${ENCODED_SIGN})\\[?)(?:${QUOTED})`,
      'gi',
    ),
    withQuote,
  ),
  hide(new RegExp(`((?<![\\w.-])--?${NAME}(?:[ =]{1,3}))(?:${QUOTED})`, 'gi'), withQuote),
  // the arguments of curl: who it is, its cookies, and any header
  hide(
    new RegExp(`((?:^|\\s)(?:-[uUb]|--user|--proxy-user|--cookie)[ =]{0,3})(?:${QUOTED})`, 'g'),
    withQuote,
  ),
  hide(
    /((?:^|\s)(?:-H|--header)[ =]{0,3}(["'])(?!(?:content-type|accept|user-agent|host)\b)[\w-]{1,60}:\s{0,3})(?![\s«])(?:(?!\2)[^\n«])+/gi,
  ),
]

const BARE_VALUES: readonly Rule[] = [
  hide(new RegExp(`((?<![\\w.-])${NAME}\\\\{0,3}["']?\\s{0,3}=>?\\s{0,3})${BARE}`, 'gi')),
  hide(
    new RegExp(`((?<![\\w./-])(?!${PROSE})${NAME}\\\\{0,3}["']?\\s{0,3}:\\s{0,3})${BARE}`, 'gi'),
  ),
  hide(
    new RegExp(
      `((?<![\\w.-])${NAME}${ENCODED_SIGN})(?:%(?!(?:25){0,3}(?:26|0A|22))|[^\\s"'&<>%])+`,
      'gi',
    ),
  ),
  hide(new RegExp(`((?<![\\w.-])--${NAME}\\s{1,3})(?!-)${BARE}`, 'gi')),
  hide(new RegExp(`(<${NAME.replace('.-', ':.-')}(?:\\s[^<>\\n]{0,200})?>)[^<]+`, 'gi')),
  hide(
    new RegExp(`(&lt;${NAME.replace('.-', ':.-')}(?:\\s[^&\\n]{0,200})?&gt;)(?!&lt;)[^&]+`, 'gi'),
  ),
  hide(/((?:^|\s)(?:-[ub]|--user|--proxy-user|--cookie)[ =]{1,3})(?!«)[^\s"']+/g),
  hide(/((?:^|\s)-[uU])(?!\s)[^\s"':]{0,100}:\S+/g),
  // a person
  hide(
    /(\b(?:icn|edipi|ssn)\\{0,3}["']?\s{0,3}(?:=>|[=: ])\s{0,3}\\{0,3}["']?)(?=[^\s"']{0,60}\d)[^\s"',;&<>\\}]+/gi,
  ),
  hide(/()\b\d{10}V\d{6}\b/g),
]

const SHAPES: readonly Rule[] = [
  hide(/()-----BEGIN [^-]{1,60}-----[\s\S]*?(?:-----END [^-]{1,60}-----|$)/g),
  hide(/()\beyJ[\w-]{6,}(?:\.[\w-]*)*/g),
  hide(/(\/\/)[^\s/@"']{1,500}(?=@)/g),
]

const LOOSE: readonly Rule[] = [
  // a scheme and its credentials; neither the parameters of a challenge nor prose
  hide(
    /\b((?:Bearer|Basic|DPoP|Digest|SSWS|ApiKey)\s{1,3})(?!(?:realm|error|scope|charset|nonce|resource|algs)\w*=)(?=[^\s"',]{0,500}[\d=:/+])[^\s"',]+/gi,
  ),
  hide(/\b((?:Bearer|Basic|DPoP|Token|ApiKey)\s{1,3})(?=[A-Za-z]{1,100}[A-Z])[A-Za-z._~+/-]{8,}/g),
  hide(/(\bDigest\s[^\n]{0,500}\bresponse=["']?)[^\s"',]+/gi),
  hide(new RegExp(`(\\b(?:${CARRIER})\\s{1,3}["']?)(?=[^\\s"',]{0,200}\\d)[\\w~+/=.:-]{8,}`, 'gi')),
  hide(
    /((?:refresh|access|id) token["']?\s{0,3}[:=]?\s{0,3}["']?)(?=[^\s"',]{0,200}\d)[\w~+/=.:-]{8,}/gi,
  ),
  hide(/(\bcode["']?(?:\s{0,3}[=:]\s{0,3}|%3D)["']?)[\w~+/=.-]{16,}/gi),
  hide(/([?&]code=)[^\s&"'<>]+/gi),
  // tokens that say themselves what they are
  hide(/()\b(?:gh[pousr]_|github_pat_|xox[abeprs]-|ya29\.|sk_|pk_|glpat-|AKIA)[\w.-]{6,}/g),
  // lines of base64, and what is left of the last one
  hide(/()(?:[\w+/=-]{40,2000}(?:\\n|\s)+)+[\w+/=-]+/g),
  // longer than a name or an id, and of the letters of base64
  hide(/()(?<![\w./:@%-])(?=[\w+/=-]{0,200}\d)(?=[\w+/=-]{0,200}[A-Za-z])[\w+/=-]{40,}/g),
]

const RULES = [...SHAPES, ...QUOTED_VALUES, ...BARE_VALUES, ...LOOSE]

export function maskSecrets(text: string): string {
  let masked = text
  for (const { pattern, keep } of RULES) {
    masked = masked.replace(
      pattern,
      (_, ...groups: (string | undefined)[]) => `${keep(groups)}${MARK}`,
    )
  }
  return masked
}
