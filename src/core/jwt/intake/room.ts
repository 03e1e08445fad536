// How many more tokens are read. Nobody looks at more, and each is taken apart and judged.

export interface Room {
  left: number
}

export const MOST_TOKENS = 10_000
