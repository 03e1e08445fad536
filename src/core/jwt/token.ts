// What a text turned out to be: a token taken apart, nothing judged. finding.ts judges.

import type { ExactJson, ExactObject } from './json/exact-json.ts'

/** What a strict reader of base64url (RFC 7515 section 2) objects to, though the bytes can be had. */
export type Flaw =
  /** = at the end; a strict reader of RFC 7515 refuses it, AWS load balancers write it */
  | 'padding'
  /** white space, a line break, or something invisible inside */
  | 'space'
  /** + or /, of plain base64 */
  | 'base64'
  /** bits in the last character that belong to no byte are not zero: another text for the same bytes */
  | 'loose-bits'
  /** characters of no such alphabet; there are no bytes then */
  | 'alphabet'
  /** a length that no bytes have (4n + 1); there are no bytes then */
  | 'length'

export interface Part {
  /** as it stands in the token */
  readonly text: string
  /** undefined: not to be had */
  readonly bytes: Uint8Array | undefined
  readonly flaws: readonly Flaw[]
  /** the space in it has no width */
  readonly invisible?: boolean
}

/** A part that should hold JSON. */
export interface JsonPart extends Part {
  /** without its byte order mark; undefined: not UTF-8 */
  readonly plain: string | undefined
  readonly bom: boolean
  /** undefined: no JSON, or nested without end */
  readonly json: ExactJson | undefined
}

export interface Signature {
  /** the protected header; undefined where a JSON serialization has none */
  readonly header: JsonPart | undefined
  readonly unprotected: ExactObject | undefined
  /** undefined: there is no third part at all */
  readonly signature: Part | undefined
  /** exactly what was signed, where the payload stands in the token: `header.payload` */
  readonly input: string
}

export type Serialization = 'compact' | 'flattened' | 'general'

export interface SignedToken {
  readonly kind: 'jws' | 'unsecured' | 'sd-jwt'
  readonly serialization: Serialization
  /** the token alone, as it is to be verified: repaired, without what stood around it */
  readonly text: string
  /** compact ones have one */
  readonly signatures: readonly [Signature, ...Signature[]]
  readonly payload: JsonPart
  /** RFC 7515 appendix F: the payload travels elsewhere */
  readonly detached: boolean
  /** parts behind the third; `h.p.s.` has one, an empty one */
  readonly surplus: readonly string[]
  /** of an SD-JWT (RFC 9901) */
  readonly disclosures: readonly Disclosure[]
  readonly keyBinding: SignedToken | undefined
  /** how many disclosures more there are than were read */
  readonly unread?: number
  /** the last of the disclosures stands where a key binding belongs: no ~ behind it */
  readonly stray?: boolean
  /** the paths of members that the JSON serialization has more than once */
  readonly doubled?: readonly string[]
}

export interface Disclosure {
  readonly part: JsonPart
  readonly salt: string | undefined
  /** undefined for an element of an array */
  readonly name: string | undefined
  readonly value: ExactJson | undefined
}

export interface Recipient {
  readonly unprotected: ExactObject | undefined
  readonly encryptedKey: Part
}

export interface EncryptedToken {
  readonly kind: 'jwe'
  readonly serialization: Serialization
  readonly text: string
  readonly header: JsonPart | undefined
  readonly unprotected: ExactObject | undefined
  readonly recipients: readonly [Recipient, ...Recipient[]]
  readonly iv: Part
  readonly ciphertext: Part
  readonly tag: Part
  /** the paths of members that the JSON serialization has more than once */
  readonly doubled?: readonly string[]
}

export interface OpaqueToken {
  readonly kind: 'opaque'
  readonly text: string
  /** in words, with an article: "a GitHub token (ghp_)", "a UUID", "an opaque token" */
  readonly name: string
  /** who can tell what it means */
  readonly advice: string
}

export type Token = SignedToken | EncryptedToken | OpaqueToken
export type Kind = Token['kind']

/** A token found in what was pasted. */
export interface Found {
  readonly token: Token
  /** where it stood, in words: "the argument", "access_token of the JSON", "the Authorization header" */
  readonly from: string
  /** the name `--field` picks it by, where it has one */
  readonly field: string | undefined
  /** what was stripped or repaired, a line each, as it is told to the user */
  readonly repairs: readonly string[]
}
