// Generates what is not committed: the Prisma clients of the shop, the benchmarks and the tests. Nothing is downloaded.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { ensureInstalled, root } from './install.mjs'

export const shopSchema = 'examples/shop/prisma/schema.prisma'

/** Every schema of the repository that has a generated client. */
const schemas = [
  shopSchema,
  'bench/prisma/schema.prisma',
  'bench/suites/queries/prisma/schema.prisma',
  'bench/suites/rls/prisma/schema.prisma',
  'test/client/prisma/schema.prisma',
  'test/attacks/prisma/schema.prisma',
  'test/search/prisma/schema.prisma',
  'test/pagination/prisma/schema.prisma',
  'test/bulk/prisma/schema.prisma',
  'test/bulk/natives/prisma/schema.prisma',
  'test/bulk/awkward/prisma/schema.prisma',
  'test/differential/schemas/types/prisma/schema.prisma',
  'test/differential/schemas/defaults/prisma/schema.prisma',
  'test/differential/schemas/relations/prisma/schema.prisma',
  'test/differential/schemas/schemas/prisma/schema.prisma',
  'test/differential/schemas/strict/prisma/schema.prisma',
]

/** Generates the clients whose schema changed since the last time; all of them unless told which. */
export async function ensureGenerated(wanted = schemas) {
  const outdated = wanted
    .map(stateOf)
    .filter(({ digest, stamp }) => !existsSync(stamp) || readFileSync(stamp, 'utf8') !== digest)
  const work = async () => {
    for (let next = outdated.shift(); next; next = outdated.shift()) await generate(next)
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
}

function stateOf(schema) {
  const folder = join(root, schema, '..', '..')
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  for (const file of readdirSync(join(folder, 'prisma')).sort())
    if (file.endsWith('.prisma')) hash.update(file).update(readFileSync(join(folder, 'prisma', file)))
  return { schema, folder, stamp: join(folder, 'generated', '.stamp'), digest: hash.digest('hex') }
}

async function generate({ schema, folder, stamp, digest }) {
  console.error(`Generating the client of ${schema} ...`)
  const command = [join(root, 'bin', 'substrata.mjs'), 'prisma', 'generate', '--no-hints']
  // In the folder of prisma.config.ts.
  await new Promise((resolve) =>
    execFile(process.execPath, command, { cwd: folder }, (error, stdout, stderr) => {
      if (!error) return resolve()
      console.error(stdout, stderr)
      process.exit(1)
    }),
  )
  writeFileSync(stamp, digest)
}

if (process.argv[1] === import.meta.filename) {
  ensureInstalled()
  const wanted = process.argv.slice(2)
  await ensureGenerated(wanted.length > 0 ? wanted : undefined)
}
