import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { withClient } from '../../src/pg/with-client.ts'
import { stateOf, withoutPolicies } from './breach.ts'
import { type Db, fill, openClient, useProtectedDatabase } from './use-attacks.ts'

const database = useProtectedDatabase()

type Attack = readonly [name: string, call: (north: Db) => PromiseLike<unknown>]

/** What a client of north may try on the rows of south. */
const attacks: readonly Attack[] = [
  ['findUnique by id', (db) => db.post.findUnique({ where: { id: 11 } })],
  ['findFirst by tenant', (db) => db.post.findFirst({ where: { tenantId: 'south' } })],
  ['findMany', (db) => db.post.findMany()],
  ['groupBy', (db) => db.post.groupBy({ by: 'tenantId' })],
  ['aggregate', (db) => db.post.aggregate({ _max: { tenantId: true } })],
  ['an include', (db) => db.category.findMany({ include: { posts: true } })],
  ['a nested include', (db) => db.category.findMany({ include: { posts: { include: { comments: true } } } })],
  ['a fluent relation', (db) => db.category.findUnique({ where: { id: 1 } }).posts()],
  [
    'a filter over a relation',
    async (db) => ((await db.category.count({ where: { posts: { some: { id: 11 } } } })) > 0 ? 'south' : ''),
  ],
  [
    'a count of relations',
    async (db) =>
      (await db.category.findFirst({ include: { _count: { select: { posts: true } } } }))!._count.posts > 3
        ? 'south'
        : '',
  ],
  ['update by id', (db) => db.post.update({ where: { id: 11 }, data: { title: 'x' } })],
  ['updateMany', (db) => db.post.updateMany({ where: { id: { gte: 11 } }, data: { categoryId: null } })],
  ['updateManyAndReturn', (db) => db.post.updateManyAndReturn({ data: { categoryId: null } })],
  ['delete by id', (db) => db.comment.delete({ where: { id: 11 } })],
  ['deleteMany', (db) => db.comment.deleteMany()],
  ['delete with a cascade', (db) => db.post.delete({ where: { id: 11 } })],
  [
    'upsert',
    (db) =>
      db.post.upsert({
        where: { id: 11 },
        update: { title: 'x' },
        create: { id: 11, tenantId: 'north', title: 'x', authorId: 1 },
      }),
  ],
  [
    'upsert on the tenant’s key',
    (db) =>
      db.member.upsert({
        where: { tenantId_email: { tenantId: 'south', email: 'm1@example.org' } },
        update: { visits: 9 },
        create: { tenantId: 'south', email: 'm1@example.org' },
      }),
  ],
  ['create for south', (db) => db.member.create({ data: { tenantId: 'south', email: 'x' } })],
  [
    'createMany with one for south',
    (db) =>
      db.member.createMany({
        data: [
          { tenantId: 'north', email: 'x' },
          { tenantId: 'south', email: 'x' },
        ],
      }),
  ],
  ['give a row to south', (db) => db.comment.updateMany({ where: { id: 1 }, data: { tenantId: 'south' } })],
  ['connect', (db) => db.post.update({ where: { id: 1 }, data: { author: { connect: { id: 11 } } } })],
  [
    'connect from the other side',
    (db) => db.member.update({ where: { id: 1 }, data: { posts: { connect: { id: 11 } } } }),
  ],
  [
    'connectOrCreate',
    (db) =>
      db.post.update({
        where: { id: 1 },
        data: { author: { connectOrCreate: { where: { id: 11 }, create: { id: 11, tenantId: 'north', email: 'x' } } } },
      }),
  ],
  ['a foreign key by its column', (db) => db.post.update({ where: { id: 1 }, data: { authorId: 11 } })],
  [
    'a new row with a foreign key',
    (db) => db.comment.create({ data: { tenantId: 'north', text: 'x', postId: 11, authorId: 1 } }),
  ],
  [
    'take a relation by set',
    (db) => db.member.update({ where: { id: 1 }, data: { posts: { set: [{ id: 11 }, { id: 1 }] } } }),
  ],
  ['empty a relation', (db) => db.category.update({ where: { id: 1 }, data: { posts: { set: [] } } })],
  [
    'a nested update',
    (db) =>
      db.category.update({
        where: { id: 1 },
        data: { posts: { update: { where: { id: 11 }, data: { title: 'x' } } } },
      }),
  ],
  [
    'a nested updateMany',
    (db) =>
      db.category.update({
        where: { id: 1 },
        data: { posts: { updateMany: { where: { id: 11 }, data: { title: 'x' } } } },
      }),
  ],
  ['a nested delete', (db) => db.category.update({ where: { id: 1 }, data: { posts: { delete: { id: 11 } } } })],
  ['a nested deleteMany', (db) => db.category.update({ where: { id: 1 }, data: { posts: { deleteMany: {} } } })],
  [
    'a nested create',
    (db) =>
      db.category.update({
        where: { id: 1 },
        data: { posts: { create: { tenantId: 'south', title: 'x', authorId: 11 } } },
      }),
  ],
  ['a page', (db) => db.post.paginate({ first: 10, orderBy: { title: 'asc' } })],
  ['a page with an include', (db) => db.category.paginate({ first: 1, include: { posts: true } })],
  ['a page over a relation', (db) => db.comment.paginate({ first: 10, orderBy: { text: 'desc' } })],
  [
    'how many rows there are on all pages',
    async (db) => ((await db.post.paginate({ first: 1, total: 'exact' })).total.count > 3 ? 'south' : ''),
  ],
  [
    'batches',
    async (db) => {
      const seen: unknown[] = []
      for await (const rows of db.post.inBatches({ size: 2 })) seen.push(rows)
      return seen
    },
  ],
  [
    'upsertMany on the tenant’s key',
    (db) =>
      db.member.upsertMany({
        data: [{ tenantId: 'south', email: 'm1@example.org', visits: 9 }],
        conflict: ['tenantId', 'email'],
      }),
  ],
  [
    'upsertMany by id',
    (db) =>
      db.member.upsertMany({
        data: [{ id: 11, tenantId: 'north', email: 'm11@example.org', visits: 9 }],
        conflict: ['id'],
        update: ['visits'],
      }),
  ],
  ['updateEach', (db) => db.member.updateEach({ data: [{ id: 11, visits: 9 }], by: ['id'] })],
  [
    'updateEach that gives rows away',
    (db) => db.comment.updateEach({ data: [{ id: 1, tenantId: 'south' }], by: ['id'] }),
  ],
  ['updateEach of a foreign key', (db) => db.post.updateEach({ data: [{ id: 1, authorId: 11 }], by: ['id'] })],
  ['deleteEach', (db) => db.comment.deleteEach({ data: [{ id: 11 }], by: ['id'] })],
  ['importFrom', (db) => db.member.importFrom([{ tenantId: 'south', email: 'x' }])],
  [
    'importFrom over the tenant’s key',
    (db) =>
      db.member.importFrom([{ tenantId: 'south', email: 'm1@example.org', visits: 9 }], {
        conflict: ['tenantId', 'email'],
      }),
  ],
  ['raw: read', (db) => db.$queryRaw`SELECT * FROM posts`],
  ['raw: a join', (db) => db.$queryRaw`SELECT p.* FROM categories c JOIN posts p ON p.category_id = c.id`],
  ['raw: update', (db) => db.$executeRaw`UPDATE posts SET category_id = NULL`],
  ['raw: delete', (db) => db.$executeRaw`DELETE FROM comments`],
  [
    'raw: insert or update',
    (db) =>
      db.$executeRaw`INSERT INTO posts (id, tenant_id, title, author_id) VALUES (11, 'north', 'x', 1) ON CONFLICT (id) DO UPDATE SET title = 'x'`,
  ],
  ['raw: returning', (db) => db.$queryRaw`UPDATE posts SET category_id = category_id RETURNING *`],
  ['a batch', (db) => db.$transaction([db.post.count(), db.post.findMany()])],
  [
    'an interactive transaction',
    (db) => db.$transaction(async (tx) => [await tx.$queryRaw`SELECT * FROM posts`, await tx.post.findMany()]),
  ],
]

const attempts = ['direct', 'prisma'] as const

describe.each(attempts)('north on the rows of south (%s)', (queryPath) => {
  let north: Db
  let untouched: string
  beforeAll(async () => {
    north = (await openClient({ url: database.url, queryPath })).$as({ tenantId: 'north' })
  })
  beforeEach(async () => {
    await fill(database)
    untouched = await stateOf(database, 'south')
  })
  afterAll(() => north.$close())

  /** True where the attack has seen or changed something of south. */
  async function breaches([, call]: Attack): Promise<boolean> {
    const answer = await call(north).then(
      (value) => JSON.stringify(value),
      () => '',
    )
    return answer.includes('south') || (await stateOf(database, 'south')) !== untouched
  }

  it.each(attacks)('%s', async (...attack) => {
    expect(await breaches(attack)).toBe(false)
  })

  it('each of them succeeds without policies and tenants’ keys', async () => {
    await withClient(database.ownerUrl, (owner) =>
      owner.query(
        `ALTER TABLE posts DROP CONSTRAINT "posts_tenant_id_author_id_fkey";
         ALTER TABLE comments DROP CONSTRAINT "comments_tenant_id_post_id_fkey", DROP CONSTRAINT "comments_tenant_id_author_id_fkey",
           ADD CONSTRAINT single FOREIGN KEY (post_id) REFERENCES posts (id) ON DELETE CASCADE`,
      ),
    )
    try {
      await withoutPolicies(database, async () => {
        const failed: string[] = []
        for (const attack of attacks) {
          await fill(database)
          if (!(await breaches(attack))) failed.push(attack[0])
        }
        expect(failed).toEqual([])
      })
    } finally {
      await fill(database)
      await withClient(database.ownerUrl, (owner) =>
        owner.query(
          `ALTER TABLE posts ADD CONSTRAINT "posts_tenant_id_author_id_fkey" FOREIGN KEY (tenant_id, author_id) REFERENCES members (tenant_id, id);
           ALTER TABLE comments DROP CONSTRAINT single,
             ADD CONSTRAINT "comments_tenant_id_post_id_fkey" FOREIGN KEY (tenant_id, post_id) REFERENCES posts (tenant_id, id) ON DELETE CASCADE,
             ADD CONSTRAINT "comments_tenant_id_author_id_fkey" FOREIGN KEY (tenant_id, author_id) REFERENCES members (tenant_id, id)`,
        ),
      )
    }
  })

  it.each([
    'TRUNCATE posts',
    'ALTER TABLE posts DISABLE ROW LEVEL SECURITY',
    'DROP POLICY tenant_wall ON posts',
    'CREATE POLICY mine ON posts USING (true)',
    'SET SESSION AUTHORIZATION postgres',
    'SET ROLE postgres',
    "CREATE FUNCTION public.current_tenant_id() RETURNS text RETURN 'south'",
  ])('what only an owner may: %s', async (sql) => {
    await expect(north.$executeRawUnsafe(sql)).rejects.toThrow(/permission denied|must be owner|42501/)
    expect(await stateOf(database, 'south')).toBe(untouched)
  })
})
