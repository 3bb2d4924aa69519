import { createInterface } from 'node:readline/promises'
import { SingleBar } from 'cli-progress'
import pc from 'picocolors'

/** Where a command writes to, and whom it can ask. */
export interface Terminal {
  /** Colours where somebody looks at them: on a terminal, unless NO_COLOR is set. */
  readonly colors: ReturnType<typeof pc.createColors>
  /** For people only: nothing under `--json`. Standard error, so that standard output holds the result alone. */
  note(line: string): void
  /** A bar for people, from 0 to 1 with a word on where it stands; nothing where nobody looks. */
  progress(): { update(done: number, text: string): void; stop(): void }
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
    progress: () => (options.json || !process.stderr.isTTY ? silent : startBar()),
    ask,
    async confirm(question) {
      const answer = await ask(`${question} [y/N]`)
      return answer === undefined ? 'nobody' : /^y(es)?$/i.test(answer)
    },
  }
}

const silent = { update() {}, stop() {} }

function startBar(): ReturnType<Terminal['progress']> {
  const bar = new SingleBar({
    format: '{bar} {percentage}% | {text}',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  })
  bar.start(1, 0, { text: '' })
  return { update: (done, text) => bar.update(done, { text }), stop: () => bar.stop() }
}

/** https://no-color.org */
export function hasColors(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
}
