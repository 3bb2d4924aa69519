import { Pool } from 'pg'
import { explain } from 'substrata/testing'
import { useTestDatabase } from 'substrata/testing/vitest'
import { afterAll, beforeAll, expect, it } from 'vitest'

const database = useTestDatabase({
  setup: `
    CREATE TABLE posts (id int PRIMARY KEY, author_id int, title text);
    CREATE INDEX posts_author_id_idx ON posts (author_id);
    INSERT INTO posts SELECT n, n % 1000, 'title ' || n FROM generate_series(1, 20000) n;
    CREATE SCHEMA billing;
    CREATE TABLE billing.posts (id int PRIMARY KEY);
    INSERT INTO billing.posts SELECT generate_series(1, 20000);
    ANALYZE posts, billing.posts;`,
})

let pool: Pool
beforeAll(() => {
  pool = new Pool({ connectionString: database.url })
})
afterAll(() => pool.end())

it('knows which index a statement uses', async () => {
  const plan = await explain(pool, 'SELECT * FROM posts WHERE author_id = $1', [7])
  expect(plan.usesIndex('posts_author_id_idx')).toBe(true)
  expect(plan.usesIndex('posts_pkey')).toBe(false)
  expect(plan.scans('posts')).toBe(false)
  plan.mustUseIndex('posts_author_id_idx')
  plan.mustNotScan('posts')
})

it('knows which table it scans, and shows the plan', async () => {
  const plan = await explain(pool, 'SELECT * FROM posts WHERE title = $1', ['title 7'])
  expect(plan.scans('posts')).toBe(true)
  expect(plan.text).toMatch(/Seq Scan on posts .*\n +Filter: /)
  expect(() => plan.mustNotScan('posts')).toThrow(/The plan scans posts:\nSeq Scan on posts/)
  expect(() => plan.mustUseIndex('posts_author_id_idx')).toThrow(/does not use posts_author_id_idx:\nSeq Scan on posts/)
})

it('tells tables of one name apart by their schema', async () => {
  const plan = await explain(pool, 'SELECT * FROM posts JOIN billing.posts b USING (id) WHERE posts.author_id = 3')
  expect(plan.scans('public.posts')).toBe(false)
  expect(() => plan.scans('archive.posts')).toThrow('archive.posts is not in the plan')
})

it('finds nodes at any depth', async () => {
  const plan = await explain(
    pool,
    'WITH few AS MATERIALIZED (SELECT * FROM posts WHERE id < 10) SELECT (SELECT count(*) FROM billing.posts) FROM few',
  )
  expect(plan.usesIndex('posts_pkey')).toBe(true)
  expect(plan.scans('billing.posts')).toBe(true)
  expect(plan.nodes.map((node) => node.type)).toContain('Aggregate')
})

it('refuses to answer for a table that is not in the plan', async () => {
  const plan = await explain(pool, 'SELECT * FROM posts')
  expect(() => plan.scans('postz')).toThrow('postz is not in the plan')
  expect(() => plan.mustNotScan('postz')).toThrow('postz is not in the plan')
})

it('runs neither the statement nor anything after it', async () => {
  const before = await pool.query('SELECT count(*) FROM posts')
  const plan = await explain(pool, 'DELETE FROM posts WHERE id = $1', [1])
  expect(plan.usesIndex('posts_pkey')).toBe(true)
  await expect(explain(pool, 'SELECT 1; DELETE FROM posts')).rejects.toMatchObject({ code: '42601' })
  expect((await pool.query('SELECT count(*) FROM posts')).rows).toEqual(before.rows)
})
