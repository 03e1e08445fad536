// The one hiding place. A secret is a Hidden from the moment it is known to be one. What others say
// (a server, a parser) may hold it as plain text, so everything on its way out passes through clean().

import type { Alphabet } from '../template/encoding.ts'
import { listForms, SHORTEST } from './disguise.ts'
import { hideEscaped } from './escape.ts'
import { hideFragments } from './fragment.ts'
import { type Atom, Hidden, type SecretKind } from './hidden.ts'

/** A hash tells two keys or tokens apart; of what a person could have thought up it would tell all. */
const UNGUESSABLE = 32

const MARK = '«hidden»'

interface Known {
  readonly value: string
  readonly kind: SecretKind
}

interface Form {
  readonly text: string
  readonly mark: string
}

export class Secrets {
  readonly #hash: (text: string) => string
  readonly #known = new Map<string, Known>()
  readonly #variables = new Map<string, string>()
  #forms: Form[] | undefined
  /** --show-secrets */
  shown = false

  constructor(hash: (text: string) => string) {
    this.#hash = hash
  }

  /** `name`: what it is called where a person must supply it, a field or a parameter. */
  hide(value: string | number, name: string, kind: SecretKind): Hidden {
    const text = `${value}`
    this.remember(text, kind)
    return this.#enclose(text, name, kind, typeof value === 'number')
  }

  /** In the place of a secret that nobody has yet: «the token of va». */
  standIn(text: string, name: string, kind: SecretKind): Hidden {
    return this.#enclose(text, name, kind, false, true)
  }

  #enclose(
    value: string,
    name: string,
    kind: SecretKind,
    isNumber: boolean,
    standsIn = false,
  ): Hidden {
    const variable = this.#nameVariable(name, value)
    const atom: Atom = {
      value,
      secret: value,
      kind,
      standsIn,
      words: `\${${variable}}`,
      variables: [variable],
      alphabet: alphabetOf(value, kind, standsIn),
    }
    return new Hidden([atom], this, isNumber)
  }

  /** Two secrets of one name, in two hops of a chain, are two variables. */
  #nameVariable(name: string, value: string): string {
    const plain = name.toUpperCase().replace(/[^A-Z0-9]+/g, '_')
    const safe = /^[A-Z_]*[A-Z]/.test(plain) && !TAKEN.includes(plain) ? plain : `SECRET_${plain}`
    for (let count = 1; ; count++) {
      const variable = count === 1 ? safe : `${safe}_${count}`
      const known = this.#variables.get(variable)
      if (known === undefined) this.#variables.set(variable, value)
      if (known === undefined || known === value) return variable
    }
  }

  /** From now on this value is hidden wherever it turns up. */
  remember(value: string, kind: SecretKind): void {
    for (const body of listBodies(value, kind)) {
      const text = body.trim()
      if (text.length < SHORTEST || this.#known.has(text)) continue
      this.#known.set(text, { value: text, kind })
      this.#forms = undefined
    }
  }

  /** Every token and assertion so far. */
  listIssued(): string[] {
    const issued = [...this.#known.values()].filter(({ kind }) => isIssued(kind))
    return issued.map(({ value }) => value)
  }

  /**
   * Keys, tokens and assertions are told apart by fingerprint. A password or a patient's number
   * could be guessed from its hash, so those show nothing at all.
   */
  mark(atom: Atom): string {
    if (this.shown) return atom.value
    return atom.standsIn ? atom.secret : this.#describe(atom.secret, atom.kind)
  }

  #describe(secret: string, kind: SecretKind): string {
    if (kind === 'secret' || secret.length < UNGUESSABLE) return MARK
    return `«hidden ${secret.length} chars sha256:${this.#hash(secret).slice(0, 8)}»`
  }

  /** Hides every known secret in a text, whole or in part, in the encodings it may have taken. */
  clean(text: string): string {
    if (this.shown || text === '') return text
    if (this.#known.size === 0) return hideTokens(text)
    this.#forms ??= this.#listForms()
    let cleaned = text
    for (const form of this.#forms) cleaned = cleaned.replaceAll(form.text, () => form.mark)
    const whole = this.#forms.map((form) => form.text)
    return hideTokens(hideFragments(hideEscaped(cleaned, whole, MARK), whole, MARK))
  }

  /** The longest first: a secret may be part of another. */
  #listForms(): Form[] {
    const forms = [...this.#known.values()].flatMap(({ value, kind }) => {
      const mark = this.#describe(value, kind)
      return listForms(value).map((text) => ({ text, mark }))
    })
    return forms.sort((one, other) => other.text.length - one.text.length)
  }
}

const isIssued = (kind: SecretKind): boolean => kind === 'token' || kind === 'assertion'

/** Variables that every shell has: a secret of that name would seem to be set. */
const TAKEN = ['PATH', 'HOME', 'IFS', 'ENV', 'PWD', 'USER', 'UID', 'SHELL', 'LANG', 'NAME', 'HOST']

/** What machines make is safe in most places. A person's password is thought to be of anything. */
function alphabetOf(value: string, kind: SecretKind, standsIn: boolean): Alphabet {
  if (kind === 'assertion') return 'word'
  return kind === 'token' && (standsIn || /^[\w.~+/=-]*$/.test(value)) ? 'base64' : 'any'
}

/** The armour of a PEM and the names in a JWK are in every message about keys. */
function listBodies(value: string, kind: SecretKind): readonly string[] {
  const armoured = [...value.matchAll(/-----BEGIN [^-]*-----(.*?)(?:-----END |$)/gs)]
  const members =
    kind === 'key' && /^\s*[{[]/.test(value)
      ? [...value.matchAll(/"(?:d|p|q|dp|dq|qi|k|priv)"\s*:\s*"([^"]+)"/g)]
      : []
  const bodies = [...armoured, ...members].map(([, body = '']) => body)
  return bodies.length > 0 ? bodies : [value]
}

/** What looks like a token is hidden though nobody told us of it: a service may answer with one anywhere. */
function hideTokens(text: string): string {
  return text
    .replace(/eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, MARK)
    .replace(
      /((?:access_token|refresh_token|id_token|client_secret|assertion)["']?\s*[=:]\s*(?:\[\s*)?["']?)([^\s"'&,;{}[\]«]{8,})/gi,
      (_whole, name: string) => `${name}${MARK}`,
    )
}
