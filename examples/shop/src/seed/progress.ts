import { Presets, SingleBar } from 'cli-progress'

export interface Progress {
  /** Begins the next part of the work. */
  part(name: string): void
  /** That many more steps are done. */
  advance(steps: number): void
  end(): void
}

/** A bar on a terminal; elsewhere a line per part, so that a log stays readable. */
export function showProgress(total: number, output: NodeJS.WriteStream = process.stderr): Progress {
  if (!output.isTTY)
    return {
      part: (name) => output.write(`  seeding ${name}\n`),
      advance: () => {},
      end: () => {},
    }
  const bar = new SingleBar(
    { stream: output, format: '  seeding {bar} {percentage}% {name}', hideCursor: true, clearOnComplete: true },
    Presets.shades_classic,
  )
  bar.start(total, 0, { name: '' })
  return {
    part: (name) => bar.update({ name }),
    advance: (steps) => bar.increment(steps),
    end: () => bar.stop(),
  }
}
