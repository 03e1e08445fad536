// Colours, for a terminal that wants them: loaded when there is one.

type Style =
  | 'error'
  | 'warning'
  | 'label'
  | 'faint'
  | 'good'
  | 'bad'
  | 'strong'
  // the three parts of a token, in the colours people know from jwt.io
  | 'header'
  | 'payload'
  | 'signature'
export type Paint = (style: Style, text: string) => string

export async function loadPaint(): Promise<Paint> {
  const { Chalk } = await import('chalk')
  const chalk = new Chalk({ level: 1 })
  const styles: Readonly<Record<Style, (text: string) => string>> = {
    error: chalk.red.bold,
    warning: chalk.yellow,
    label: chalk.cyan,
    faint: chalk.dim,
    good: chalk.green,
    bad: chalk.red,
    strong: chalk.bold,
    header: chalk.red,
    payload: chalk.magenta,
    signature: chalk.cyan,
  }
  return (style, text) => styles[style](text)
}
