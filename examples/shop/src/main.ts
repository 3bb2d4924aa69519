// What `npm start` runs: examples/shop/src/start/options.ts has its flags.
import { fileURLToPath } from 'node:url'
import { isExpected, reasonOf, StartError } from './start/errors.ts'
import { readOptions } from './start/options.ts'
import { run } from './start/run.ts'
import { listenForStop, StopRequest } from './start/stop.ts'

const folder = fileURLToPath(new URL('../../../.substrata', import.meta.url))

async function main(): Promise<number> {
  const stop = listenForStop()
  try {
    const options = readOptions(process.argv.slice(2), process.env)
    return options === undefined ? 0 : await run(options, folder, stop)
  } catch (error) {
    if (error instanceof StopRequest) {
      console.error('Stopped; nothing is left running.')
      return 0
    }
    console.error(`\n${describe(error)}`)
    return error instanceof StartError ? error.exitCode : 1
  }
}

function describe(error: unknown): string {
  if (!isExpected(error)) return error instanceof Error ? (error.stack ?? error.message) : String(error)
  // A StartError has told what caused it.
  const cause = error instanceof StartError ? undefined : error.cause
  return cause === undefined ? error.message : `${error.message}\n${reasonOf(cause)}`
}

// A terminal that was closed takes nothing any more; the servers are still to be stopped.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
process.exit(await main())
