import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createProject } from './project.ts'

it('the example of the guide gives the SQL of the guide', async () => {
  const guide = readFileSync('docs/guides/migrations.md', 'utf8')
  const blocks = [...guide.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language, text]) => ({
    language,
    text: text!,
  }))
  const block = (language: string, holding: string) =>
    blocks.find((each) => each.language === language && each.text.includes(holding))?.text ?? ''
  await using project = await createProject()
  await project.schema(block('prisma', 'model User'))
  const { migration } = await project.dev()
  expect(migration?.sql).toContain(block('sql', 'users_age'))
  expect((await project.dev()).migration).toBeUndefined()
})
