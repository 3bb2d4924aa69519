// What `npm start` runs: examples/shop/src/start/options.ts has its flags.
import { fileURLToPath } from 'node:url'
import { isSubstrataError } from 'substrata'
import { reasonOf, StartError } from './start/errors.ts'
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
      console.error('\nStopped; nothing is left running.')
      return 0
    }
    const known = error instanceof StartError || isSubstrataError(error)
    console.error(`\n${known ? reasonOf(error) : error instanceof Error ? error.stack : String(error)}`)
    return error instanceof StartError ? error.exitCode : 1
  }
}

// A terminal that was closed takes nothing any more; the servers are still to be stopped.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
process.exit(await main())
