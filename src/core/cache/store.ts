// Where tokens are kept between runs, as core sees it. The first one keeps files of this user; one that
// a fleet shares would be another.

export interface TokenStore {
  /** A name that tells nothing: keyed, so that a password cannot be guessed from it. */
  hash(text: string): string
  /** What a file holds, as a name; read only when its stat has changed. */
  identifyFile(path: string): string
  /** What was kept under a name, whatever it may be by now. */
  read(name: string): string | undefined
  /** Whether it was kept. A store that cannot be written to is no failure: it says so once. */
  write(name: string, text: string): boolean
  remove(name: string): void
  /**
   * One at a time: resolves to what gives the claim back, when it is ours. `over`: somebody else still has
   * it, and it is `until` (milliseconds). `impossible`: claims cannot be had here, and everyone goes ahead.
   */
  claim(
    name: string,
    until: number,
    isSettled: () => boolean,
  ): Promise<{ release(): void } | 'settled' | 'over' | 'impossible'>
}
