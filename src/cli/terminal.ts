import { createInterface } from 'node:readline/promises'
import pc from 'picocolors'

/** Where a command writes to, and whom it can ask. */
export interface Terminal {
  /** Colours where somebody looks at them: on a terminal, unless NO_COLOR is set. */
  readonly colors: ReturnType<typeof pc.createColors>
  /** For people only: nothing under `--json`. Standard error, so that standard output holds the result alone. */
  note(line: string): void
  /** False where nobody can be asked. */
  confirm(question: string): Promise<boolean | 'nobody'>
}

export function createTerminal(options: { json: boolean }): Terminal {
  return {
    colors: pc.createColors(hasColors(process.stdout)),
    note(line) {
      if (!options.json) process.stderr.write(`${line}\n`)
    },
    async confirm(question) {
      if (options.json || !process.stdin.isTTY || !process.stderr.isTTY) return 'nobody'
      const reader = createInterface({ input: process.stdin, output: process.stderr })
      try {
        return /^y(es)?$/i.test((await reader.question(`${question} [y/N] `)).trim())
      } finally {
        reader.close()
      }
    },
  }
}

/** https://no-color.org */
export function hasColors(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
}
