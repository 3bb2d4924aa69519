import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const main = ['--import', 'tsx', '--conditions=substrata-source', join(import.meta.dirname, 'main.ts')]
// CI makes picocolors colour whatever it is asked to, terminal or not.
const env = { ...process.env, CI: 'true' }
const bench = (...args: string[]) => spawnSync(process.execPath, [...main, ...args], { encoding: 'utf8', env })

test('--json prints one document and nothing else', () => {
  const { status, stdout } = bench('testing', '--quick', '--json', '--rounds', '2')
  expect(status).toBe(0)
  const number = expect.any(Number)
  const text = expect.any(String)
  expect(JSON.parse(stdout)).toEqual({
    suite: 'testing',
    environment: {
      date: text,
      cpu: text,
      cores: number,
      memory: text,
      platform: `${process.platform}-${process.arch}`,
      node: process.versions.node,
      postgres: expect.stringMatching(/^1[5-8]\./),
      packages: expect.objectContaining({ pg: expect.stringMatching(/^8\./), substrata: text }),
      rounds: 2,
      quick: true,
    },
    cases: [{ name: 'clone of ten tables', unit: 'ms', median: number, min: number, max: number, runs: 2 }],
    ratios: [{ name: 'clone-ms', value: number, target: 25, better: 'lower' }],
  })
})

test('without --json the report is a table, plain where there is no terminal', () => {
  const { status, stdout } = bench('testing', '--quick')
  expect(status).toBe(0)
  expect(stdout).toContain('clone-ms')
  expect(stdout).toContain('≤ 25')
  expect(stdout).not.toContain('\u001b')
})

test('without a suite it lists the suites; a wrong one is refused with the same list', () => {
  const list = bench()
  expect(list.status).toBe(0)
  for (const suite of ['peers', 'testing']) expect(list.stdout).toMatch(new RegExp(`^ {2}${suite} `, 'm'))
  const refused = bench('nonesuch')
  expect(refused.status).toBe(1)
  expect(refused.stdout).toBe('')
  expect(refused.stderr).toMatch(/no suite "nonesuch".+^ {2}peers /ms)
})

test.each([
  ['testing', '--rounds', 'many'],
  ['testing', '--rounds', '0'],
  ['testing', '--speed'],
])('%s %s %s is refused before anything starts', (...args) => {
  const { status, stderr } = bench(...args)
  expect(status).toBe(1)
  expect(stderr).toContain('Usage: npm run --silent bench --')
  expect(stderr).not.toContain('starting PostgreSQL')
})
