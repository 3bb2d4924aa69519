// npm run --silent bench -- <suite> [--json] [--rounds N] [--quick]
// Compiles the package and the suites first: what is measured is what is published, and starts without a loader.
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { ensureGenerated } from './generate.mjs'
import { ensureInstalled, root } from './install.mjs'

ensureInstalled()
await ensureGenerated()
rmSync(join(root, 'bench/dist'), { recursive: true, force: true })
run(['scripts/build.mjs'], 2)
run(['node_modules/typescript/bin/tsc', '-p', 'bench/tsconfig.build.json'], 2)
run(['bench/dist/harness/main.js', ...process.argv.slice(2)], 'inherit')

/** Runs a Node script to its end; standard output is the report's alone. */
function run(args, stdout) {
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: ['inherit', stdout, 'inherit'] })
  if (result.status !== 0) process.exit(result.status ?? 1)
}
