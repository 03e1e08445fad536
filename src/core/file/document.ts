// A profile file as it was read: plain values, and for every one of them where it stands.

export type Plain =
  | null
  | boolean
  | number
  | string
  | readonly Plain[]
  | { readonly [name: string]: Plain }

export interface Place {
  /** as shown to the user: relative when below the working folder, else absolute, `~` for home */
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface ProfileDocument {
  /** the absolute real path */
  readonly file: string
  readonly shown: string
  /** what the paths in the file are relative to */
  readonly folder: string
  readonly origin: 'named' | 'project' | 'user' | 'packaged'
  /** A mapping; its objects have no prototype. What several aliases name is one shared value. */
  readonly data: Plain
  /** Of the value, or of its name; of the nearest thing around it where there is no such value. */
  place(path: readonly (string | number)[], of?: 'key' | 'value'): Place
  /** A single value as it is written, quotes and all. */
  source(path: readonly (string | number)[]): string | undefined
}
