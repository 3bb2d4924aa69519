// npm run fuzz -- [--calls 30000] [--seed 1] [--schema types]: installs and generates what is missing, then compares
// random calls on Prisma and on our client.
import { spawnSync } from 'node:child_process'
import { ensureGenerated } from './generate.mjs'
import { ensureInstalled, root } from './install.mjs'

ensureInstalled()
await ensureGenerated()
const program = [
  '--import',
  'tsx',
  '--conditions=substrata-source',
  'test/differential/fuzz.ts',
  ...process.argv.slice(2),
]
process.exit(spawnSync(process.execPath, program, { cwd: root, stdio: 'inherit' }).status ?? 1)
