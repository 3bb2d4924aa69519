// Generates what is not committed: the shop's and the benchmarks' Prisma clients. Nothing is downloaded.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureInstalled, root } from './install.mjs'

/** Every schema of the repository that has a generated client. */
const schemas = [
  'examples/shop/prisma/schema.prisma',
  'bench/prisma/schema.prisma',
  'test/client/prisma/schema.prisma',
  'test/attacks/prisma/schema.prisma',
  'test/bulk/prisma/schema.prisma',
  'test/differential/schemas/types/prisma/schema.prisma',
  'test/differential/schemas/defaults/prisma/schema.prisma',
  'test/differential/schemas/relations/prisma/schema.prisma',
  'test/differential/schemas/schemas/prisma/schema.prisma',
]

/** Generates the clients whose schema changed since the last time. */
export function ensureGenerated() {
  for (const schema of schemas) if (existsSync(join(root, schema))) generate(schema)
}

function generate(schema) {
  const folder = join(root, schema, '..', '..')
  const stamp = join(folder, 'generated', '.stamp')
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  for (const file of readdirSync(join(folder, 'prisma')).sort())
    if (file.endsWith('.prisma')) hash.update(file).update(readFileSync(join(folder, 'prisma', file)))
  const digest = hash.digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  console.error(`Generating the client of ${schema} ...`)
  const command = [join(root, 'bin', 'substrata.mjs'), 'prisma', 'generate', '--no-hints']
  // In the folder of prisma.config.ts.
  const result = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' })
  if (result.status !== 0) {
    console.error(result.stdout, result.stderr)
    process.exit(result.status ?? 1)
  }
  writeFileSync(stamp, digest)
}

if (process.argv[1] === import.meta.filename) {
  ensureInstalled()
  ensureGenerated()
}
