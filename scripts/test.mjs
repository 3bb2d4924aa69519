// npm test [-- --pg 15] [--full] [vitest arguments]: installs and generates what is missing, then runs every test.
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { ensureGenerated } from './generate.mjs'
import { ensureInstalled, root } from './install.mjs'

const { values, positionals, tokens } = parseArgs({
  options: { pg: { type: 'string' }, full: { type: 'boolean' } },
  strict: false,
  allowPositionals: true,
  tokens: true,
})
const versions = ['15', '16', '17', '18']
if (values.pg !== undefined && !versions.includes(values.pg)) {
  console.error(`--pg takes one of ${versions.join(', ')}; got ${values.pg}`)
  process.exit(2)
}
const passed = tokens
  .filter((token) => token.kind === 'option' && token.name !== 'pg' && token.name !== 'full')
  .map((token) => (token.inlineValue ? `${token.rawName}=${token.value}` : token.rawName))

ensureInstalled()
await ensureGenerated()
const result = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...passed, ...positionals], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    ...(values.pg && { SUBSTRATA_TEST_PG: values.pg }),
    // Property and race tests multiply their rounds by this; see test/rounds.ts.
    ...(values.full && { SUBSTRATA_TEST_ROUNDS: 'full' }),
  },
})
process.exit(result.status ?? 1)
