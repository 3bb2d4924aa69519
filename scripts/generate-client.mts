// Generates one Prisma client: generate-client.mts <schema.prisma>
// Prisma wants a schema engine binary to be there, which `generate` never runs: Node itself stands in, and nothing is
// downloaded.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, resolve } from 'node:path'

const schema = process.argv[2]
if (schema === undefined || !existsSync(schema)) {
  console.error('usage: generate-client.mts <schema.prisma>')
  process.exit(2)
}
const cli = createRequire(import.meta.url).resolve('prisma/build/index.js')
const result = spawnSync(process.execPath, [cli, 'generate', '--no-hints'], {
  // Where prisma.config.ts is.
  cwd: resolve(dirname(schema), '..'),
  encoding: 'utf8',
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    // Prisma finds our generator by its command.
    PATH: [resolve('node_modules/.bin'), process.env.PATH].join(delimiter),
  },
})
if (result.status !== 0) console.error(result.stdout, result.stderr)
process.exit(result.status ?? 1)
