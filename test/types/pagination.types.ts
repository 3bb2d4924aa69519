// Compiled by `npm run check`, never run: what pages take, and what they are made of.
import { type Connection, type Page, type Substrata, substrata, type Total } from 'substrata'
import { PrismaClient } from '../../examples/shop/generated/prisma/client.ts'
import { type Schema, schema } from '../../examples/shop/generated/substrata/index.ts'

/* oxlint-disable typescript/no-unnecessary-type-parameters -- the parameters are what is compared */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function same<A, B>(same: Same<A, B>): void
declare function is<T>(value: T): void
/* oxlint-enable typescript/no-unnecessary-type-parameters */

type Db = Substrata<PrismaClient, Schema>

export async function pages(db: Db): Promise<void> {
  const posts = await db.post.paginate({
    where: { published: true },
    orderBy: [{ createdAt: 'desc' }, { author: { name: { sort: 'asc', nulls: 'last' } } }],
    first: 20,
    after: null,
    select: { title: true, author: { select: { name: true } } },
  })
  same<typeof posts.items, { title: string; author: { name: string | null } }[]>(true)
  is<string | null>(posts.pageInfo.endCursor)
  // @ts-expect-error not asked for
  is<unknown>(posts.total)
  // @ts-expect-error a page has items
  is<unknown>(posts.edges)

  const found = (await db.post.findFirst())!
  const all = await db.post.paginate()
  same<(typeof all.items)[number], typeof found>(true)
  is<Page<typeof found>>(all)
  const included = await db.user.paginate({
    last: 5,
    before: 'x',
    include: { posts: { take: 1 } },
    omit: { email: true },
  })
  is<string | undefined>(included.items[0]?.posts[0]?.title)
  // @ts-expect-error left out
  is<unknown>(included.items[0]?.email)

  const connection = await db.tag.paginate({ first: 1, connection: true, total: 'capped', select: { name: true } })
  is<Connection<{ name: string }> & { total: Total }>(connection)
  is<'exact' | 'estimate' | 'capped'>(connection.total.kind)
  // @ts-expect-error a connection has edges
  is<unknown>(connection.items)
  await db.$transaction(async (tx) => is<number>((await tx.post.paginate({ total: 'exact' })).total.count))
  is<string | undefined>((await db.$as({ userId: 'a' }).post.paginate()).items[0]?.title)
}

export async function refused(db: Db): Promise<void> {
  // @ts-expect-error two ways at once
  await db.post.paginate({ first: 1, last: 1 })
  // @ts-expect-error two ways at once
  await db.post.paginate({ first: 1, before: 'x' })
  // @ts-expect-error no such field
  await db.post.paginate({ where: { nope: 1 } })
  // @ts-expect-error no such field
  await db.post.paginate({ select: { nope: true } })
  // @ts-expect-error no such order
  await db.post.paginate({ orderBy: { title: 'up' } })
  // @ts-expect-error no such count
  await db.post.paginate({ total: 'about' })
  // @ts-expect-error Prisma's way of paging
  await db.post.paginate({ take: 1 })
  // @ts-expect-error a cursor is a string
  await db.post.paginate({ after: { id: '1' } })
}

export async function extended(db: Db): Promise<void> {
  const more = db.$extends({
    result: { post: { short: { needs: { title: true }, compute: ({ title }) => title.slice(0, 9) } } },
  })
  is<string | undefined>((await more.post.paginate({ first: 1 })).items[0]?.short)
  const selected = await more.post.paginate({ select: { short: true } })
  same<typeof selected.items, { short: string }[]>(true)
}

export async function omitting(): Promise<void> {
  const db = await substrata(({ adapter }) => new PrismaClient({ adapter, omit: { user: { email: true } } }), {
    schema,
  })
  const { items } = await db.user.paginate({ first: 1 })
  is<string | undefined>(items[0]?.id)
  // @ts-expect-error the client omits it
  is<unknown>(items[0]?.email)
}
