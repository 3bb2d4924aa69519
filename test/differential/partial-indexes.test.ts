import { expect, test } from 'vitest'
import { prismaRuntime } from '../../src/client/runtime.ts'
import { withClient } from '../../src/pg/with-client.ts'
import type { Arguments } from '../../src/query/call.ts'
import { Compiler } from '../../src/query/index.ts'
import { openWorld } from './world.ts'

test('a prepared read uses an index on the rows of which a boolean is true', { timeout: 120_000 }, async () => {
  await using world = await openWorld('relations')
  const compiler = new Compiler(world.schema, await prismaRuntime())
  await withClient(world.database.adminUrl, async (client) => {
    await client.query(`
      INSERT INTO people (person_id, email) SELECT n, n::text FROM generate_series(1, 100) n;
      INSERT INTO articles (id, title, published, "authorId") SELECT n, n::text, n % 100 = 0, n % 100 + 1 FROM generate_series(1, 20000) n;
      CREATE INDEX published_titles ON articles (title) WHERE published;
      ANALYZE articles;
      SET plan_cache_mode = force_generic_plan`)
    const planOf = async (where: Arguments) => {
      const plan = compiler.plan({ model: 'Article', operation: 'findMany', args: { where } })
      if ('uncovered' in plan) throw new Error(plan.uncovered)
      const values = plan.bind({ where }).map((value) => `'${value}'`)
      await client.query(`DEALLOCATE ALL; PREPARE read AS ${plan.text}`)
      const { rows } = await client.query<Record<string, string>>(`EXPLAIN EXECUTE read(${values.join(', ')})`)
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    }
    expect(await planOf({ published: true, title: '100' })).toContain('published_titles')
    expect(await planOf({ published: { equals: true }, title: { gte: '999' } })).toContain('published_titles')
    expect(await planOf({ published: false, title: '100' })).not.toContain('published_titles')
  })
})
