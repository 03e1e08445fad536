import type { KeyOrigin } from '../../../core/key/key-refusal.ts'

/** What a key is read from. */
export interface KeySource extends KeyOrigin {
  readonly text: string | Uint8Array
  readonly passphrase?: string
  /** kid, where there is a set to choose from */
  readonly keyId?: string
}
