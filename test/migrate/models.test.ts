import { expect, it } from 'vitest'
import { createProject } from './project.ts'

const user = (fields: string) => `model User {
  id    Int    @id @default(autoincrement())
  email String @unique
  ${fields}
  @@map("users")
}`

it('migrates models: creates, changes, and says when nothing changed', async () => {
  await using project = await createProject()
  await project.schema(user(''))
  const first = await project.dev({ name: async () => 'Add users!' })
  expect(first.migration).toMatchObject({ name: expect.stringMatching(/^\d{14}_add_users$/), applied: true })
  expect(first.migration?.sql).toContain('CREATE TABLE "users"')
  expect(await project.dev()).toEqual({ pending: [], losses: [], renames: [] })
  await project.schema(user('name String?'))
  const second = await project.dev()
  expect(second.migration?.sql).toBe('-- AlterTable\nALTER TABLE "users" ADD COLUMN     "name" TEXT;\n')
  expect(await project.query('SELECT name FROM users')).toEqual([])
  expect((await project.dev()).migration).toBeUndefined()
})
