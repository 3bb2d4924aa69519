import { createTestDatabase, type TestDatabase } from 'substrata/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { withClient } from '../../../pg/with-client.ts'
import { describeQuery } from './describe.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase({
    setup: `
      CREATE TYPE mood AS ENUM ('calm', 'wild');
      CREATE DOMAIN code AS text;
      CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, mood mood NOT NULL, tags text[] NOT NULL, code code NOT NULL, at timestamptz);
      CREATE TABLE posts (id bigint PRIMARY KEY, author int NOT NULL REFERENCES users, score numeric(10,2) NOT NULL);
    `,
  })
})

afterAll(() => database.drop())

async function describe(source: string) {
  const { parameters, resultColumns } = await withClient(database.ownerUrl, (client) =>
    describeQuery(client, { name: 'query', source }),
  )
  return {
    parameters: parameters.map(({ name, typ }) => `${name} ${typ}`),
    columns: resultColumns.map(({ name, typ, nullable }) => `${name} ${typ}${nullable ? '?' : ''}`),
  }
}

it('names types: of enums, arrays, domains and expressions', async () => {
  expect(await describe('SELECT u.*, count(*) AS n FROM users u WHERE id = $1 AND mood = $2 GROUP BY id')).toEqual({
    parameters: ['_0 int', '_1 mood'],
    columns: ['id int', 'name string', 'mood mood', 'tags string-array', 'code string', 'at datetime?', 'n bigint?'],
  })
})

it.each([
  ['LEFT', ['id int', 'post bigint?']],
  ['RIGHT', ['id int?', 'post bigint']],
  ['FULL', ['id int?', 'post bigint?']],
  ['INNER', ['id int', 'post bigint']],
])('knows what a %s join leaves empty', async (join, columns) => {
  const source = `SELECT u.id, p.id AS post FROM users u ${join} JOIN posts p ON p.author = u.id WHERE coalesce(u.id, 0) >= $1`
  expect((await describe(source)).columns).toEqual(columns)
})

it('runs nothing, and describes what returns nothing', async () => {
  expect(await describe('DELETE FROM users WHERE id = $1')).toEqual({ parameters: ['_0 int'], columns: [] })
  await expect(describe('SELECT nope FROM users')).rejects.toMatchObject({ code: '42703' })
})
