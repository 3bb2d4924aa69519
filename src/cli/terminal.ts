import { createInterface } from 'node:readline/promises'
import pc from 'picocolors'

/** Where a command writes to, and whom it can ask. */
export interface Terminal {
  /** Colours where somebody looks at them: on a terminal, unless NO_COLOR is set. */
  readonly colors: ReturnType<typeof pc.createColors>
  /** For people only: nothing under `--json`. Standard error, so that standard output holds the result alone. */
  note(line: string): void
  /** `nobody` where nobody can be asked. */
  confirm(question: string): Promise<boolean | 'nobody'>
  /** A line that somebody types; nothing where nobody can be asked. */
  ask(question: string): Promise<string | undefined>
}

export function createTerminal(options: { json: boolean }): Terminal {
  const ask: Terminal['ask'] = async (question) => {
    if (options.json || !process.stdin.isTTY || !process.stderr.isTTY) return undefined
    const reader = createInterface({ input: process.stdin, output: process.stderr })
    try {
      return (await reader.question(`${question} `)).trim()
    } finally {
      reader.close()
    }
  }
  return {
    colors: pc.createColors(hasColors(process.stdout)),
    note(line) {
      if (!options.json) process.stderr.write(`${line}\n`)
    },
    ask,
    async confirm(question) {
      const answer = await ask(`${question} [y/N]`)
      return answer === undefined ? 'nobody' : /^y(es)?$/i.test(answer)
    },
  }
}

/** https://no-color.org */
export function hasColors(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
}
