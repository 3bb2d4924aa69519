import { readFileSync } from 'node:fs'
import { parseConnection } from '../connection.ts'
import { openSession } from '../session.ts'
import { engineVersion } from '../wasm.ts'
import { type EngineArguments, parseEngineArguments } from './arguments.ts'
import { runDatabaseCommand } from './database-command.ts'
import { createMethods } from './methods.ts'
import { serve } from './rpc.ts'

/**
 * A stand-in for Prisma's native schema engine: the same arguments, the same protocol. With `PRISMA_SCHEMA_ENGINE_BINARY` set
 * to `bin/schema-engine.mjs`, Prisma's unmodified CLI works without downloading an engine.
 */
export async function runStandIn(argv: readonly string[]): Promise<void> {
  const options = parseEngineArguments(argv)
  if (options.version) console.log(`schema-engine-cli ${engineHash()}`)
  else if (options.command === undefined) await serveEngine(options)
  else process.exitCode = await runDatabaseCommand(options.command, options.url)
}

async function serveEngine({ url, shadowUrl, datamodels }: EngineArguments): Promise<void> {
  const methods = createMethods({
    connection: () => (url === undefined ? undefined : parseConnection(url)),
    open: (offline) =>
      openSession({
        main: url === undefined || offline ? undefined : parseConnection(url),
        shadow: shadowUrl === undefined ? undefined : parseConnection(shadowUrl),
        datamodels: datamodels.map((path) => ({ path, content: readFileSync(path, 'utf8') })),
      }),
  })
  await serve(methods)
}

/** The engine's commit: what Prisma compares versions by. */
function engineHash(): string {
  const version = engineVersion()
  return version.slice(version.lastIndexOf('.') + 1)
}
