import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Pool } from 'pg'
import { defineFactory } from 'substrata/testing'
import { useTestDatabase } from 'substrata/testing/vitest'
import { afterAll, beforeAll, beforeEach, expect, expectTypeOf, it } from 'vitest'

interface UserData {
  email: string
  name?: string | null
}
interface PostData {
  authorId: number
  title: string
  body: string
}
interface Row {
  id: number
}

const database = useTestDatabase({
  setup: `
    CREATE TABLE users (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, email text NOT NULL UNIQUE, name text);
    CREATE TABLE posts (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, author_id int NOT NULL REFERENCES users,
                        title text NOT NULL, body text NOT NULL);`,
})

let pool: Pool
beforeAll(() => {
  pool = new Pool({ connectionString: database.url })
})
afterAll(() => pool.end())
beforeEach(() => pool.query('DELETE FROM posts; DELETE FROM users'))

async function insert(sql: string, values: unknown[]): Promise<Row> {
  return (await pool.query<Row>(sql, values)).rows[0]!
}

const users = defineFactory({
  create: ({ email, name = null }: UserData) =>
    insert('INSERT INTO users (email, name) VALUES ($1, $2) RETURNING *', [email, name]),
  defaults: (n) => ({ email: `user-${n}@example.com` }),
})

const posts = defineFactory({
  create: ({ authorId, title, body }: PostData) =>
    insert('INSERT INTO posts (author_id, title, body) VALUES ($1, $2, $3) RETURNING *', [authorId, title, body]),
  defaults: (n) => ({ title: `Post ${n}` }),
  requires: { authorId: async () => (await users.create()).id },
})

const countUsers = async () => (await pool.query('SELECT count(*)::int AS count FROM users')).rows[0].count

it('stores a row with its defaults, each with values of its own', async () => {
  const [first, second] = [await users.create(), await users.create()]
  expect(first).toMatchObject({ name: null, email: expect.stringMatching(/^user-\d+@example\.com$/) })
  expect((second as unknown as UserData).email).not.toBe((first as unknown as UserData).email)
})

it('takes overrides over defaults', async () => {
  expect(await users.create({ email: 'me@example.com', name: 'Me' })).toMatchObject({
    email: 'me@example.com',
    name: 'Me',
  })
  expect(await users.create({ email: undefined })).toMatchObject({ email: expect.stringContaining('user-') })
  expect(await users.create({ name: null })).toMatchObject({ name: null })
})

it('makes the rows that it requires, only where none is given', async () => {
  const post = await posts.create({ body: 'text' })
  expect(await countUsers()).toBe(1)
  const author = await users.create()
  expect(await posts.create({ body: 'text', authorId: author.id })).toMatchObject({ author_id: author.id })
  expect(await countUsers()).toBe(2)
  expect(post).toMatchObject({ author_id: expect.any(Number) })
})

it('builds without storing', async () => {
  expect(await users.build({ name: 'Me' })).toEqual({ email: expect.any(String), name: 'Me' })
  expect(await countUsers()).toBe(0)
})

it('stores several', async () => {
  const author = await users.create()
  const made = await posts.createMany(3, (index) => ({ authorId: author.id, body: `body ${index}` }))
  expect(made.map((row) => (row as unknown as PostData).body)).toEqual(['body 0', 'body 1', 'body 2'])
  expect(await users.createMany(2)).toHaveLength(2)
  expect(await countUsers()).toBe(3)
})

it('fails when a required row cannot be made, and stores nothing', async () => {
  const orphans = defineFactory({
    create: posts.create,
    defaults: () => ({ title: 'x', body: 'x' }),
    requires: { authorId: () => Promise.reject(new Error('no author today')) },
  })
  await expect(orphans.create()).rejects.toThrow('no author today')
  expect((await pool.query('SELECT FROM posts')).rowCount).toBe(0)
})

it('counts in one process where another does not', async () => {
  const script = `
    import { defineFactory } from 'substrata/testing'
    const numbers = defineFactory({ create: async (data) => data, defaults: (n) => ({ n }) })
    console.log(JSON.stringify(await numbers.createMany(1000)))`
  const run = promisify(execFile)
  const flags = ['--import', 'tsx', '--conditions=substrata-source', '--input-type=module', '--eval', script]
  const outputs = await Promise.all([1, 2].map(() => run(process.execPath, flags)))
  const numbers = outputs.flatMap(({ stdout }) => JSON.parse(stdout) as { n: number }[]).map(({ n }) => n)
  expect(new Set(numbers).size).toBe(2000)
  expect(Math.max(...numbers)).toBeLessThan(2 ** 31)
})

it('is typed', () => {
  expectTypeOf(users.create).toBeCallableWith({ name: 'x' })
  expectTypeOf(users.create).toBeCallableWith()
  expectTypeOf(users.create()).resolves.toEqualTypeOf<Row>()
  // @ts-expect-error body has no default and must be given
  expectTypeOf(posts.create).toBeCallableWith({ title: 'x' })
  // @ts-expect-error body has no default and must be given
  expectTypeOf(posts.create).toBeCallableWith()
  // @ts-expect-error there is no such field
  expectTypeOf(users.create).toBeCallableWith({ nick: 'x' })
  // @ts-expect-error a name is a string
  expectTypeOf(users.create).toBeCallableWith({ name: 1 })
  const create = async (data: UserData) => data
  // @ts-expect-error there is no such field
  defineFactory({ create, defaults: () => ({ email: 'x', nick: 'x' }) })
  // @ts-expect-error an email is a string
  defineFactory({ create, defaults: () => ({ email: 1 }) })
  // @ts-expect-error there is no such field
  defineFactory({ create, defaults: () => ({ email: 'x' }), requires: { nick: async () => 'x' } })
})
