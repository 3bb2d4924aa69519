import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createProject } from './project.ts'

it('the example of the guide gives the SQL of the guide', async () => {
  const guide = readFileSync('docs/guides/migrations.md', 'utf8')
  const block = (language: string) => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(guide)?.[1] ?? ''
  await using project = await createProject()
  await project.schema(block('prisma'))
  const { migration } = await project.dev()
  expect(migration?.sql).toContain(block('sql'))
  expect((await project.dev()).migration).toBeUndefined()
})
