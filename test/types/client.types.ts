// Compiled by `npm run check`, never run: what a user's code may and may not write on the client.
import { type Substrata, substrata, type TransactionOf } from 'substrata'
import { Prisma, PrismaClient } from '../../examples/shop/generated/prisma/client.ts'
import { type Schema, schema } from '../../examples/shop/generated/substrata/index.ts'
import { BulkOperationService } from '../../examples/shop/src/services/bulk-operation-service.ts'
import { DatabaseHealthService } from '../../examples/shop/src/services/database-health-service.ts'
import { OptimizedQueryService } from '../../examples/shop/src/services/optimized-query-service.ts'
import { OrderService } from '../../examples/shop/src/services/order-service.ts'
import { PostService } from '../../examples/shop/src/services/post-service.ts'
import { UserService } from '../../examples/shop/src/services/user-service.ts'

/* oxlint-disable typescript/no-unnecessary-type-parameters -- the parameters are what is compared */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function same<A, B>(same: Same<A, B>): void
declare function takesClient(client: PrismaClient): void
declare function takesTransaction(tx: Prisma.TransactionClient): void
declare function is<T>(value: T): void
/* oxlint-enable typescript/no-unnecessary-type-parameters */

export async function asPrisma(): Promise<void> {
  await using db = await substrata(PrismaClient, { schema })
  is<Substrata<PrismaClient>>(db)

  const user = await db.user.findUnique({ where: { id: '1' }, include: { posts: { select: { title: true } } } })
  is<string | undefined>(user?.posts[0]?.title)
  // @ts-expect-error not selected
  is<unknown>(user?.posts[0]?.content)
  // @ts-expect-error no such field
  await db.user.findMany({ where: { nope: 1 } })

  const posts = await db.user.findUnique({ where: { id: '1' } }).posts({ where: { published: true } })
  is<string | undefined>(posts?.[0]?.title)
  const [count, all] = await db.$transaction([db.user.count(), db.post.findMany({ select: { title: true } })])
  same<typeof count, number>(true)
  same<typeof all, { title: string }[]>(true)
  const raw = await db.$queryRaw<{ x: number }[]>`SELECT 1 AS x`
  is<number | undefined>(raw[0]?.x)
  is<number>(await db.$executeRaw(Prisma.sql`SELECT 1`))

  db.$on('query', (event) => is<string>(event.query))
    .$on('warn', (event) => is<string>(event.message))
    .$on('error', (event) => is<Date>(event.timestamp))
  // @ts-expect-error no such event
  db.$on('nothing', () => {})
}

export async function inServices(db: Substrata<PrismaClient, Schema>): Promise<void> {
  takesClient(db)
  takesTransaction(db)
  is<UserService>(new UserService(db))
  is<PostService>(new PostService(db))
  is<OrderService>(new OrderService(db))
  is<BulkOperationService>(new BulkOperationService(db))
  is<OptimizedQueryService>(new OptimizedQueryService(db))
  is<DatabaseHealthService>(new DatabaseHealthService(db.$as({ userId: '1' })))
  is<UserService>(new UserService(db.$with({ timeout: 1_000, signal: AbortSignal.timeout(1_000) })))
}

export async function inTransactions(db: Substrata<PrismaClient>): Promise<void> {
  const id = await db.$transaction(
    async (tx) => {
      same<typeof tx, TransactionOf<PrismaClient>>(true)
      takesTransaction(tx)
      await tx.$transaction(async (inner) => takesTransaction(inner))
      // @ts-expect-error a transaction has its context already
      is<unknown>(tx.$as)
      // @ts-expect-error and its limits
      is<unknown>(tx.$with)
      // @ts-expect-error it is no place to close the client
      is<unknown>(tx.$close)
      // @ts-expect-error nor to extend it
      is<unknown>(tx.$extends)
      return (await tx.user.create({ data: { email: '' } })).id
    },
    { isolationLevel: 'Serializable', maxWait: 1, timeout: 1 },
  )
  same<typeof id, string>(true)
  const sum = await db.$retry(
    async (tx) => {
      takesTransaction(tx)
      return tx.user.count()
    },
    { isolationLevel: Prisma.TransactionIsolationLevel.Serializable, attempts: 3, budget: 1_000 },
  )
  same<typeof sum, number>(true)
  // @ts-expect-error no such level
  await db.$retry(async () => 1, { isolationLevel: 'None' })
}

export async function inContexts(db: Substrata<PrismaClient>): Promise<void> {
  const alice = db.$as({ userId: 'alice', tenantId: 't', role: 'member', claims: { admin: true } })
  same<typeof alice, typeof db>(true)
  const name = await db.$as({ userId: 'bob' }, async (bob) => (await bob.user.findFirstOrThrow()).email)
  same<typeof name, string>(true)
  // @ts-expect-error no such part
  db.$as({ user: 'alice' })
  const taken = db.$path(db.user.findFirst())
  if (taken.path === 'prisma') is<string>(taken.reason)
}

export async function extended(db: Substrata<PrismaClient>): Promise<void> {
  const more = db.$extends({
    result: { user: { label: { needs: { email: true }, compute: (user) => `${user.email}!` } } },
    model: { $allModels: { hello: () => 1 }, user: { greet: (name: string) => `hello ${name}` } },
    client: { $twice: (n: number) => 2 * n },
    query: { user: { findMany: ({ args, query }) => query(args) } },
  })
  is<string>((await more.user.findFirstOrThrow()).label)
  is<string>(more.user.greet('you'))
  is<number>(more.post.hello())
  is<number>(more.$twice(1))
  const alice = more.$as({ userId: 'alice' })
  is<string>((await alice.user.findFirstOrThrow({ select: { label: true } })).label)
  is<string>(await more.$transaction(async (tx) => (await tx.user.findFirstOrThrow()).label))
  is<string>(await more.$retry(async (tx) => (await tx.user.findFirstOrThrow()).label))
  const [labelled] = await more.$transaction([more.user.findFirstOrThrow()])
  is<string>(labelled.label)
  const twice = more.$extends({
    result: { post: { short: { needs: { title: true }, compute: (post) => post.title } } },
  })
  is<string>((await twice.$as({ userId: 'a' }).post.findFirstOrThrow()).short)
  is<string>((await twice.user.findFirstOrThrow()).label)
  await twice.$close()
  // @ts-expect-error no such computed field
  await more.user.findFirst({ select: { nope: true } })

  const defined = db.$extends(Prisma.defineExtension({ model: { user: { whoAmI: () => 'user' } } }))
  is<string>(defined.user.whoAmI())
  const made = db.$extends(Prisma.defineExtension((client) => client.$extends({ client: { $made: () => true } })))
  is<boolean>(made.$made())
}

export async function made(): Promise<void> {
  const db = await substrata(({ adapter }) => new PrismaClient({ adapter, omit: { user: { email: true } } }), {
    schema,
  })
  const user = await db.user.findFirstOrThrow()
  is<string>(user.id)
  // @ts-expect-error omitted
  is<unknown>(user.email)
  is<string>((await db.user.findFirstOrThrow({ omit: { email: false } })).email)
  // @ts-expect-error omitted in a context too
  is<unknown>((await db.$as({ userId: 'a' }).user.findFirstOrThrow()).email)
}
