// The questions of `init`, on stderr. A secret is never asked for, only the variable that holds it.

import type { Context } from '../cli.ts'
import { TokenError } from '../core/error.ts'
import { nearest } from '../core/nearest.ts'
import type { Template } from '../core/provider.ts'
import type { StarterProfile, Wanted } from '../core/starter/starter.ts'
import { type Answers, describeField } from '../core/starter/starter-text.ts'
import { fitValue } from '../core/template/fit.ts'
import { isList } from '../core/template/value.ts'
import { escapeLine, wrap } from '../core/terminal.ts'
import type { Dialog } from '../core/world.ts'

/** What would be wrong with the file if these were the answers. */
export type Judge = (answers: Answers) => readonly { readonly message: string }[]

export interface Wizard {
  choose(question: string, choices: readonly Choice[], preset?: string): Promise<string>
  fill(profiles: readonly StarterProfile[], judge: Judge): Promise<Answers>
  close(): void
}

type Choice = readonly [name: string, text: string]
type Answer = Template | undefined
/** A value, or why it is none. */
type Read = { readonly value: Answer } | { readonly problem: string }

export async function openWizard(file: string, { world, printer }: Context): Promise<Wizard> {
  const dialog = await world.stdin.openDialog()
  const paint = await printer.paint('stderr')
  const width = world.stderr.columns - 1
  const say = (text: string): Promise<void> => world.stderr.write(`${text}\n`)
  const complain = (text: string): Promise<void> =>
    say(paint('warning', indent(escapeLine(text), width)))

  await say(wrap(`This writes ${escapeLine(file)}. ${KEYS_HELP}`, width, 0))

  async function askUntil<Result>(
    prompt: string,
    read: (answer: string) => { readonly value: Result } | { readonly problem: string },
  ): Promise<Result> {
    for (;;) {
      const result = read(await askOnce(dialog, prompt))
      if ('value' in result) return result.value
      await complain(result.problem)
    }
  }

  async function fillOne(wanted: Wanted, judge: Judge): Promise<Answer> {
    const { path, field, optional } = wanted
    const name = path.join('.')
    const help = wrap(`${name}: ${describeField(field)}`, width, 2)
    await say(`\n${paint('strong', name)}${paint('faint', help.slice(name.length))}`)
    if (field.secret) await say(paint('faint', indent(VARIABLE_HELP, width)))
    if (optional) await say(paint('faint', '  - leaves it out'))
    return askUntil(`  [${showPreset(wanted)}] `, (answer) => {
      const read = readAnswer(wanted, answer)
      if ('problem' in read) return read
      const [mistake] = judge(new Map([[wanted, read.value]]))
      return mistake === undefined ? read : { problem: mistake.message }
    })
  }

  return {
    async choose(question, choices, preset) {
      const column = Math.max(...choices.map(([name]) => name.length))
      await say(`\n${paint('strong', question)}`)
      for (const [index, [name, text]] of choices.entries()) {
        const head = `  ${`${index + 1}`.padStart(`${choices.length}`.length)}  ${name.padEnd(column)}  `
        await say(head + paint('faint', wrap(text, width, head.length)))
      }
      const hint = preset === undefined ? 'a number or a name:' : `[${preset}]`
      return askUntil(`  ${hint} `, (answer) => readChoice(answer || (preset ?? ''), choices))
    },
    async fill(profiles, judge) {
      const answers = new Map<Wanted, Answer>()
      for (const [index, { name, written }] of profiles.entries()) {
        if (profiles.length > 1) {
          const part = index === 0 ? 'whose token comes first' : 'which is called with that token'
          await say(`\n${wrap(`${name}, ${part}:`, width, 0)}`)
        }
        for (const wanted of written) answers.set(wanted, await fillOne(wanted, judge))
      }
      return answers
    },
    close: () => dialog.close(),
  }
}

const KEYS_HELP = 'Enter takes what stands in [ ], Ctrl-C leaves without writing.'
const VARIABLE_HELP = 'which variable holds it? never the secret itself'

function indent(text: string, width: number): string {
  return `  ${wrap(text, width, 2)}`
}

async function askOnce(dialog: Dialog, prompt: string): Promise<string> {
  const answer = await dialog.ask(prompt)
  if (answer !== undefined) return answer.trim()
  throw new TokenError('interrupted', 'interrupted; nothing was written')
}

function readChoice(
  answer: string,
  choices: readonly Choice[],
): { readonly value: string } | { readonly problem: string } {
  const names = choices.map(([name]) => name)
  const found = names.find((name, index) => answer === name || answer === `${index + 1}`)
  if (found !== undefined) return { value: found }
  const close = nearest(answer, names)
  return {
    problem:
      close === undefined
        ? `a number from 1 to ${names.length}, or a name`
        : `did you mean ${close}?`,
  }
}

function showPreset({ field, value }: Wanted): string {
  if (isList(value)) return value.join(' ')
  const text = `${value}`
  return field.secret ? (/^\$\{env:(\w+)\}$/.exec(text)?.[1] ?? text) : text
}

function readAnswer({ field, optional, value }: Wanted, answer: string): Read {
  if (answer === '') return { value }
  if (answer === '-' && optional) return { value: undefined }
  if (/[\u0000-\u001f\u007f-\u009f]/.test(answer))
    return { problem: 'only letters, digits and signs' }
  if (field.secret) return readVariable(answer)
  if (field.type === 'url' && !answer.includes('${') && !isAddress(answer))
    return { problem: 'an address begins with https://' }
  const fitted = ['list', 'number', 'boolean'].includes(field.type)
    ? fitValue(field, answer)
    : answer
  return fitted === undefined ? { problem: 'not of the right kind' } : { value: fitted as Template }
}

/** What is in capitals is the name of a variable; anything else may be the secret, pasted. */
function readVariable(answer: string): Read {
  if (/^\$\{(env|file):[^}]+\}$/.test(answer)) return { value: answer }
  const name = /^\$?([A-Z_][A-Z0-9_]*)$/.exec(answer)?.[1]
  return name === undefined
    ? { problem: 'the name of a variable, in capitals; ${file:PATH} for a file' }
    : { value: `\${env:${name}}` }
}

function isAddress(text: string): boolean {
  return /^https?:\/\/[^/]/i.test(text) && URL.canParse(text)
}
