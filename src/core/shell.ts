/** A word as a POSIX shell reads it back unchanged. */
export function quoteShell(word: string): string {
  // zsh looks for the command that is named behind a leading =
  return /^(?!=)[\w@%+=:,./-]+$/.test(word) ? word : encloseShell(word)
}

/** The same, in quotes whatever it is: in an assignment ~ and = mean something further on as well. */
export function encloseShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
