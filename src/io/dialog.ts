// Questions to the person at a terminal. Answers are lines; Ctrl-C, Ctrl-D and a signal are all the
// same answer: none.

import { createInterface } from 'node:readline'
import type { Dialog } from '../core/world.ts'

export function openDialog(
  input: NodeJS.ReadStream,
  output: NodeJS.WriteStream,
  signal: AbortSignal,
): Dialog {
  const lines: string[] = []
  let waiting: ((line: string | undefined) => void) | undefined
  let over = signal.aborted
  const reader = createInterface({ input, output, terminal: true, historySize: 0 })
  const answer = (line: string | undefined): void => {
    const told = waiting
    waiting = undefined
    if (told) told(line)
    // pasted with the line before it, while nothing was being asked
    else if (line !== undefined) lines.push(line)
  }
  const leave = (): void => {
    if (over) return
    over = true
    // what follows is not to stand behind the question
    if (waiting) output.write('\n')
    reader.close()
    answer(undefined)
  }
  reader.on('line', answer).on('SIGINT', leave).on('close', leave)
  signal.addEventListener('abort', leave, { once: true })

  return {
    ask(prompt) {
      const ahead = lines.shift()
      if (ahead !== undefined) {
        output.write(`${prompt}${ahead}\n`)
        return Promise.resolve(ahead)
      }
      if (over) return Promise.resolve(undefined)
      return new Promise((done) => {
        waiting = done
        reader.setPrompt(prompt)
        reader.prompt()
      })
    },
    close() {
      over = true
      signal.removeEventListener('abort', leave)
      reader.close()
    },
  }
}
