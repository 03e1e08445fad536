// Tokens that say nothing to anyone but their issuer, known by their look; and what is no token.

import { parseExactJson } from '../json/exact-json.ts'
import type { OpaqueToken } from '../token.ts'
import { decodeBase64Url } from './base64url.ts'
import { identifyFragment } from './fragment.ts'

const ISSUER =
  'only its issuer can tell what it means: ask its introspection endpoint (RFC 7662) or its userinfo'
const askOnly = (who: string): string => `only ${who} can tell what it means and whether it is good`
const PASETO = 'it is no JWT, though much like one: read it with a PASETO library and its key'

const GOOGLE_KEY = 'it is a key and no token: the Google Cloud console tells whose it is'

interface Kind {
  /** without anchors: they are looked for in the midst of text as well */
  readonly pattern: string
  readonly name: string
  readonly advice: string
}

/** By their prefix, which their makers chose so that they are recognised anywhere. */
const MARKED: readonly Kind[] = [
  {
    pattern: 'ghp_[A-Za-z0-9]{20,255}',
    name: 'a GitHub personal access token (ghp_)',
    advice: askOnly('GitHub'),
  },
  {
    pattern: 'gh[ousr]_[\\w.-]{20,600}',
    name: 'a GitHub token (gho_, ghu_, ghs_ or ghr_)',
    advice: askOnly('GitHub'),
  },
  {
    pattern: 'github_pat_\\w{20,255}',
    name: 'a GitHub fine-grained token (github_pat_)',
    advice: askOnly('GitHub'),
  },
  {
    pattern: 'gl(?:pat|oas|dt|rt|cbt|ptt|ft|soat)-[\\w.-]{16,255}',
    name: 'a GitLab token (glpat- and others)',
    advice: askOnly('GitLab'),
  },
  {
    pattern: 'xox[a-z](?:\\.xox[a-z])?-[\\w-]{10,255}',
    name: 'a Slack token (xoxb- and others)',
    advice: 'only Slack can tell what it means: ask its auth.test',
  },
  {
    pattern: 'ya29\\.[\\w-]{10,2048}',
    name: 'a Google access token (ya29.)',
    advice: 'only Google can tell what it means: ask https://oauth2.googleapis.com/tokeninfo',
  },
  {
    pattern: '1//[\\w-]{30,512}',
    name: 'a Google refresh token (1//)',
    advice: askOnly('Google'),
  },
  {
    pattern: 'v[1-4]\\.local\\.[\\w-]{16,8192}(?:\\.[\\w-]{1,4096})?',
    name: 'a PASETO, encrypted (local)',
    advice: PASETO,
  },
  {
    pattern: 'v[1-4]\\.public\\.[\\w-]{16,8192}(?:\\.[\\w-]{1,4096})?',
    name: 'a PASETO, signed (public)',
    advice: PASETO,
  },
  {
    pattern: '(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{8,255}',
    name: 'a Stripe API key (sk_live_ and others)',
    advice: askOnly('Stripe'),
  },
  {
    pattern: 'sk-[\\w-]{20,255}',
    name: 'an API key (sk-)',
    advice: askOnly('the service that issued it'),
  },
  {
    pattern: 'hv[sbr]\\.[\\w-]{20,512}',
    name: 'a Vault token (hvs. and others)',
    advice: 'only that Vault can tell what it means: vault token lookup',
  },
  {
    pattern: 'SG\\.[\\w-]{16,64}\\.[\\w-]{16,64}',
    name: 'a SendGrid API key (SG.)',
    advice: askOnly('SendGrid'),
  },
  { pattern: 'npm_[A-Za-z0-9]{36}', name: 'an npm token (npm_)', advice: askOnly('the registry') },
  { pattern: 'pypi-[\\w-]{40,512}', name: 'a PyPI token (pypi-)', advice: askOnly('PyPI') },
  {
    pattern: '(?:AKIA|ASIA)[A-Z2-7]{16}',
    name: 'the ID of an AWS access key (AKIA, ASIA)',
    advice:
      'it names a key and is no token: aws sts get-access-key-info --access-key-id tells whose it is',
  },
  { pattern: 'AIza[\\w-]{35}', name: 'a Google API key (AIza)', advice: GOOGLE_KEY },
  { pattern: 'dop_v1_[0-9a-f]{64}', name: 'a DigitalOcean token', advice: askOnly('DigitalOcean') },
]

/** By their look alone: in the midst of text this may be anything. */
const SHAPED: readonly Kind[] = [
  {
    pattern: '[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}',
    name: 'a UUID',
    advice: ISSUER,
  },
  {
    pattern: '[a-z0-9]{6}\\.[a-z0-9]{16}',
    name: 'a Kubernetes bootstrap token',
    advice: 'only that cluster can tell what it means: kubeadm token list',
  },
  {
    pattern: '\\.?eyJ[\\w-]{4,8192}\\.[\\w-]{4,8}\\.[\\w-]{20,64}',
    name: 'a signed cookie (Flask, itsdangerous)',
    advice: 'its first part is JSON in base64url; only the application can tell whether it is good',
  },
  {
    pattern: '[0-9]{1,12}\\|[A-Za-z0-9]{40,64}',
    name: 'a Laravel Sanctum token',
    advice: askOnly('the application that issued it'),
  },
]

const HEX = { name: 'a token in hex', advice: ISSUER }
const MARKED_TEXT = MARKED.map(({ pattern }) => pattern).join('|')

/** For the midst of text; marked ones only. */
export function writeMarkedPattern(): string {
  return `(?:${MARKED_TEXT})`
}

const KINDS = [...MARKED, ...SHAPED].map(
  (kind) => [new RegExp(`^(?:${kind.pattern})$`), kind] as const,
)
const LONGEST = 16_384

/** One word; undefined for what is no token: a name, a number, a path, an address, a word. */
export function recognizeOpaque(text: string): OpaqueToken | undefined {
  if (text.length > LONGEST || !/^[\w.~+/=|-]+$/.test(text)) return undefined
  if (identifyFragment(text)) return undefined
  const known = KINDS.find(([pattern]) => pattern.test(text))?.[1]
  if (known) return nameOpaque(text, known)
  return recognizeEncoded(text) ?? recognizeRandom(text)
}

/** What is called a token by whoever wrote it: only a placeholder is none. */
export function acceptOpaque(text: string): OpaqueToken | undefined {
  if (text.length > LONGEST || !/^[A-Za-z0-9][\x21-\x7e]{3,}$/.test(text)) return undefined
  // ${TOKEN}, {{token}}, <token>, xxxxxxxx, eyJ…
  if (/[${}<>"'\\]|^(.)\1+$|\.{3}|^(?:null|none|undefined|true|false)$/i.test(text)) {
    return undefined
  }
  const known = recognizeOpaque(text)
  if (known ?? identifyFragment(text)) return known
  return { kind: 'opaque', text, name: 'an opaque token', advice: ISSUER }
}

function nameOpaque(text: string, { name, advice }: Omit<Kind, 'pattern'>): OpaqueToken {
  return { kind: 'opaque', text, name, advice }
}

function recognizeEncoded(text: string): OpaqueToken | undefined {
  if (!/^[\w+/-]{16,}={0,2}$/.test(text)) return undefined
  const { bytes } = decodeBase64Url(text)
  if (bytes === undefined) return undefined
  if (/^[{[]/.test(String.fromCharCode(...bytes.subarray(0, 1)))) {
    const json = parseExactJson(new TextDecoder().decode(bytes))
    if (json !== undefined) return nameOpaque(text, ENCODED_JSON)
  }
  // version 4 and the variant of RFC 9562
  const isUuid = bytes.length === 16 && (bytes[6] ?? 0) >> 4 === 4 && (bytes[8] ?? 0) >> 6 === 2
  return isUuid ? nameOpaque(text, ENCODED_UUID) : undefined
}

const ENCODED_JSON = {
  name: 'JSON in base64',
  advice: `it can be read by anyone (base64 -d), but nothing shows who wrote it; ${ISSUER}`,
}
const ENCODED_UUID = { name: 'a reference token (a UUID in base64url)', advice: ISSUER }

function recognizeRandom(text: string): OpaqueToken | undefined {
  if (/^[0-9a-fA-F]{32,512}$/.test(text)) {
    return /\d/.test(text) && /[a-f]/i.test(text) ? nameOpaque(text, HEX) : undefined
  }
  const words = text.split(/[-_.~/+=|]/)
  // my-service-account-1, src/core/token.ts, node-v20.1.0: what people think up
  const longest = Math.max(...words.map((word) => (isName(word) ? 0 : word.length)))
  const mixed = /\d/.test(text) && /[A-Za-z]/.test(text)
  const random = longest >= (text.includes('.') ? 20 : 12) && (mixed || text.length >= 40)
  if (text.length < 16 || !random || /^[./~]|\.[a-z][a-z0-9]{0,4}$/.test(text)) return undefined
  return { kind: 'opaque', text, name: 'an opaque token', advice: ISSUER }
}

/** A word as people write them: letters of one kind, a number, a word with its number, v2. */
function isName(word: string): boolean {
  return /^(?:[A-Za-z]?[a-z]*\d{0,4}|[A-Z]*\d{0,4}|\d+|[a-z]*(?:[A-Z]{1,2}[a-z]+)+\d{0,4})$/.test(
    word,
  )
}
