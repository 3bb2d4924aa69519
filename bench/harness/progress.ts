import { SingleBar } from 'cli-progress'

export interface Progress {
  readonly onCase: (step: { round: number; name: string }) => void
  readonly stop: () => void
}

/** Progress on standard error: a bar on a terminal, a line per round elsewhere. */
export function startProgress(rounds: number, cases: number): Progress {
  return process.stderr.isTTY ? bar(rounds, cases) : lines(rounds)
}

function bar(rounds: number, cases: number): Progress {
  const bar = new SingleBar({
    format: '{bar} {percentage}% | round {round} of {rounds} | {name}',
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
  })
  let done = 0
  bar.start(rounds * cases, 0, { round: 1, rounds, name: '' })
  return {
    onCase: (step) => bar.update(done++, step),
    stop: () => bar.stop(),
  }
}

function lines(rounds: number): Progress {
  let last = 0
  return {
    onCase: ({ round }) => {
      if (round === last) return
      last = round
      console.error(`round ${round} of ${rounds}`)
    },
    stop: () => {},
  }
}
