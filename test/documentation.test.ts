import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkConnections, createTestDatabase } from 'substrata/testing'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { type CodeBlock, codeBlocks, documentationPages, writeBlock } from './documentation.ts'

const root = join(import.meta.dirname, '..')
mkdirSync(join(root, '.substrata'), { recursive: true })
// Inside the repository, so that the examples find the same packages as a user's code.
const directory = mkdtempSync(join(root, '.substrata', 'documentation-'))
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(directory, { recursive: true })
})

const blocks = documentationPages(root).flatMap((page) => codeBlocks(page, readFileSync(join(root, page), 'utf8')))
const files = new Map(blocks.map((block) => [block, writeBlock(directory, block)]))
const title = ({ page, line }: CodeBlock) => `${page}:${line}`

/** Runs Node and returns what it printed, if it failed. */
async function failureOf(args: string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: root, env: { ...process.env, NO_COLOR: '1' } }, (error, stdout, stderr) =>
      resolve(error === null ? undefined : stdout + stderr),
    )
  })
}

it('finds the examples', () => {
  expect(blocks.map((block) => block.page)).toContain(join('src', 'testing', 'README.md'))
})

it('type-checks every `ts` block', async () => {
  const project = join(directory, 'tsconfig.json')
  const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false }
  writeFileSync(project, JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['./*.ts'] }))
  expect(await failureOf(['node_modules/typescript/bin/tsc', '-p', project])).toBeUndefined()
})

describe('runs every `ts run` block', () => {
  const running = blocks.filter((block) => block.treatment === 'run').map((block) => [title(block), block] as const)
  it.each(running)('%s', async (_title, block) => {
    await using database = await createTestDatabase()
    vi.stubEnv('DATABASE_URL', database.url)
    vi.stubEnv('MIGRATE_DATABASE_URL', database.ownerUrl)
    await import(files.get(block)!)
    await checkConnections(database.adminUrl)
  })
})

it('runs every `ts test` block with vitest', async () => {
  const config = `import config from '../../vitest.config.ts'
    export default { ...config, test: { include: ['*.test.ts'], pool: 'forks' } }`
  writeFileSync(join(directory, 'vitest.config.ts'), config)
  const failure = await failureOf(['node_modules/vitest/vitest.mjs', 'run', '--root', directory])
  expect(failure).toBeUndefined()
})

describe('codeBlocks', () => {
  it('takes marked blocks with the line where their code begins', () => {
    const page = [
      '# A',
      '```ts',
      'one',
      '```',
      '```typescript',
      'fragment',
      '```',
      '',
      '```ts run',
      'two',
      'three',
      '```',
    ]
    expect(codeBlocks('a.md', page.join('\n'))).toEqual([
      { page: 'a.md', line: 3, treatment: 'check', code: 'one' },
      { page: 'a.md', line: 10, treatment: 'run', code: 'two\nthree' },
    ])
  })

  it('refuses a mark that it does not know and a block that is not closed', () => {
    expect(() => codeBlocks('a.md', '```ts runn\n```')).toThrow('a.md:1: unknown mark "ts runn"')
    expect(() => codeBlocks('a.md', 'x\n```ts\n')).toThrow('a.md:2: the code block is not closed')
  })
})
