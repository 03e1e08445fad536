// The environment of a command: all of ours, with what it is to have and without what it is not.

type Variables = Readonly<Record<string, string | undefined>>

export function buildEnvironment(
  ours: Variables,
  added: readonly (readonly [name: string, value: string])[],
  hidden: readonly string[],
  // there PATH and Path are the same
  folds = process.platform === 'win32',
): Record<string, string> {
  const fold = (name: string): string => (folds ? name.toUpperCase() : name)
  const left = new Set([...hidden, ...added.map(([name]) => name)].map(fold))
  const kept = Object.entries(ours).filter(([name]) => !left.has(fold(name)))
  return Object.fromEntries(
    [...kept, ...added].filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
}
