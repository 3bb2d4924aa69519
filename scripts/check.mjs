// Everything that needs no database: format, lint, types, import direction, cycles, generated references.
import { spawnSync } from 'node:child_process'
import { ensureGenerated } from './generate.mjs'
import { ensureInstalled, root } from './install.mjs'

const tsx = ['--import', 'tsx', '--conditions=substrata-source']
const steps = {
  format: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
  lint: ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings', '.'],
  types: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'],
  imports: ['scripts/check-imports.mjs'],
  reference: [...tsx, 'scripts/reference.mts', '--check'],
}

ensureInstalled()
await ensureGenerated()
let failed = 0
for (const [name, args] of Object.entries(steps)) {
  console.log(`\n── ${name}`)
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (result.status !== 0) failed++
}
console.log(failed === 0 ? '\nAll checks passed.' : `\n${failed} of ${Object.keys(steps).length} checks failed.`)
process.exit(failed === 0 ? 0 : 1)
