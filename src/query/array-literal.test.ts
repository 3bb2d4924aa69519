import * as fc from 'fast-check'
import { Client } from 'pg'
import { useTestDatabase } from 'substrata/testing/vitest'
import { expect, it } from 'vitest'
import { rounds, seed } from '../../test/rounds.ts'
import { arrayLiteral } from './array-literal.ts'

const database = useTestDatabase({})

const element = fc.oneof(
  fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
  fc.constantFrom('', 'NULL', 'null', '"', '\\', '{}', ',', ' ', '\n', '","', 'plain'),
)

it('PostgreSQL reads back what was written, nulls apart from texts', async () => {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  const arrays = fc.oneof(
    fc.array(element),
    fc.array(fc.option(element)),
    fc.array(fc.stringMatching(/^[a-z ]*$/), { maxLength: 1_000 }),
  )
  await fc.assert(
    fc.asyncProperty(arrays, async (texts) => {
      const { rows } = await client.query('SELECT $1::text[] AS read', [arrayLiteral(texts)])
      expect(rows).toEqual([{ read: texts }])
    }),
    { numRuns: rounds(200, 2_000), seed },
  )
  await client.end()
})
