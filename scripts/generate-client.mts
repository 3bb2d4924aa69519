// Generates one Prisma client and the metadata beside it: generate-client.mts <schema.prisma>
// Prisma wants a schema engine binary to be there, which `generate` never runs: Node itself stands in, and nothing is
// downloaded.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { generateSchema } from '../src/schema/index.ts'

const schema = process.argv[2]
if (schema === undefined || !existsSync(schema)) {
  console.error('usage: generate-client.mts <schema.prisma>')
  process.exit(2)
}
const cli = createRequire(import.meta.url).resolve('prisma/build/index.js')
// Where prisma.config.ts is.
const folder = resolve(dirname(schema), '..')
const result = spawnSync(process.execPath, [cli, 'generate', '--no-hints'], {
  cwd: folder,
  encoding: 'utf8',
  env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath },
})
if (result.status !== 0) {
  console.error(result.stdout, result.stderr)
  process.exit(result.status ?? 1)
}
generateSchema({ schemaPath: resolve(schema), output: join(folder, 'generated', 'substrata') })
