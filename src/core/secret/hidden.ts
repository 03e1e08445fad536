// A text with secrets in it, that prints as a mark wherever it lands. Only reveal() gives it away.

import type { Alphabet, Encoding } from '../template/encoding.ts'

export type SecretKind = 'token' | 'assertion' | 'key' | 'secret'

export interface Atom {
  /** as it goes over the wire */
  readonly value: string
  /** as it was before any encoding: what its mark tells of */
  readonly secret: string
  readonly kind: SecretKind
  /** says itself what it stands for, and is no secret */
  readonly standsIn: boolean
  /** for --curl: what produces the value inside the double quotes of a shell */
  readonly words: string
  /** the variables in those words, as a person has to set them */
  readonly variables: readonly string[]
  readonly alphabet: Alphabet
}

type Parts = readonly (string | Atom)[]

/** Who knows all secrets. */
interface Keeper {
  remember(value: string, kind: SecretKind): void
  mark(atom: Atom): string
}

/** A text with at least one secret part in it. */
export class Hidden {
  readonly #parts: Parts
  readonly #keeper: Keeper
  /** of a secret that was a number: JSON wants it without quotes */
  readonly isNumber: boolean

  constructor(parts: Parts, keeper: Keeper, isNumber = false) {
    this.#parts = parts
    this.#keeper = keeper
    this.isNumber = isNumber
  }

  /** Plain text and secrets in a row: a plain string when there was no secret among them. */
  static join(pieces: readonly (string | Hidden)[]): string | Hidden {
    const first = pieces.find((piece) => typeof piece !== 'string')
    if (first === undefined) return pieces.join('')
    const parts = pieces.flatMap((piece) =>
      typeof piece !== 'string' ? piece.#parts : piece === '' ? [] : [piece],
    )
    return new Hidden(parts, first.#keeper)
  }

  reveal(): string {
    return this.#parts.map((part) => (typeof part === 'string' ? part : part.value)).join('')
  }

  /** What stands in front of the first secret. */
  get start(): string {
    const end = this.#parts.findIndex((part) => typeof part !== 'string')
    return this.#parts.slice(0, end).join('')
  }

  get standsIn(): boolean {
    return this.#parts.every((part) => typeof part === 'string' || part.standsIn)
  }

  /** Part by part, so that what is no secret stays readable. */
  encode(encoding: Encoding): Hidden {
    const parts = this.#parts.map((part) =>
      typeof part === 'string' ? encoding.apply(part) : encodeAtom(part, encoding),
    )
    return new Hidden(parts, this.#keeper)
  }

  /** As a whole, for an encoding that mixes what stands side by side: the result is one secret. */
  seal(encoding: Encoding): Hidden {
    const atoms = this.#parts.filter((part) => typeof part !== 'string')
    const [first] = atoms
    if (first === undefined) return this
    const text = this.reveal()
    const value = encoding.apply(text)
    this.#keeper.remember(value, first.kind)
    const atom: Atom = {
      ...first,
      value,
      secret: this.standsIn ? text : value,
      kind: atoms.find(({ kind }) => kind === 'secret')?.kind ?? first.kind,
      standsIn: this.standsIn,
      words: encoding.shell(this.toShell(escapeQuoted)),
      variables: this.variables(),
      alphabet: encoding.yields,
    }
    return new Hidden([atom], this.#keeper)
  }

  /** For the inside of a shell's double quotes or here-document: secret parts become expansions. */
  toShell(literal: (text: string) => string): string {
    return this.#parts
      .map((part) => (typeof part === 'string' ? literal(part) : part.words))
      .join('')
  }

  /** The shell variables that toShell makes use of. */
  variables(): string[] {
    const names = this.#parts.flatMap((part) => (typeof part === 'string' ? [] : part.variables))
    return [...new Set(names)]
  }

  toString(): string {
    return this.#parts
      .map((part) => (typeof part === 'string' ? part : this.#keeper.mark(part)))
      .join('')
  }

  toJSON(): string {
    return this.toString()
  }
}

// util.inspect and console.log show what an object holds, whatever it says of itself.
Object.defineProperty(Hidden.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: Hidden) {
    return this.toString()
  },
})

function encodeAtom(atom: Atom, encoding: Encoding): Atom {
  const value = encoding.apply(atom.value)
  if (encoding.spares.includes(atom.alphabet)) return { ...atom, value }
  const words = encoding.shell(atom.words)
  return { ...atom, value, words, alphabet: encoding.yields }
}

function escapeQuoted(text: string): string {
  return text.replace(/[\\"$`]/g, '\\$&')
}
