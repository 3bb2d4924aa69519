// Compiled by `npm run check`, never run: what may be searched, and what comes of it.
import type { Substrata, TransactionOf } from 'substrata'
import type { PrismaClient } from '../search/generated/prisma/client.ts'
import type { Schema } from '../search/generated/substrata/index.ts'

/* oxlint-disable typescript/no-unnecessary-type-parameters -- the parameters are what is compared */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
declare function same<A, B>(same: Same<A, B>): void
declare function is<T>(value: T): void
/* oxlint-enable typescript/no-unnecessary-type-parameters */

type Db = Substrata<PrismaClient, Schema>

export async function searches(db: Db): Promise<void> {
  const { items, pageInfo, facets, capped, matched } = await db.article.search('query', {
    where: { tags: { some: { tag: 'x' } } },
    select: { title: true, author: { select: { name: true } } },
    highlight: ['title'],
    facets: ['published', 'tags.tag', 'author.name'],
    fuzzy: false,
  })
  const [item] = items
  same<NonNullable<typeof item>['title'], string>(true)
  is<string | undefined>(item?.author.name)
  is<number | undefined>(item?.rank)
  is<string | null | undefined>(item?.highlights.title)
  // @ts-expect-error not asked for
  is<unknown>(item?.highlights.content)
  // @ts-expect-error not selected
  is<unknown>(item?.content)
  is<string | null>(pageInfo.endCursor)
  is<boolean>(capped)
  is<'words' | 'similar'>(matched)
  same<(typeof facets)['published'][number]['value'], boolean>(true)
  same<(typeof facets)['tags.tag'][number], { readonly value: string; readonly count: number }>(true)
  is<string | undefined>(facets['author.name'][0]?.value)
  // @ts-expect-error not asked for
  is<unknown>(facets.title)

  const all = await db.article.search('query')
  is<Date | undefined>(all.items[0]?.createdAt)
  const included = await db.article.search('query', { include: { tags: true }, omit: { content: true } })
  is<string | undefined>(included.items[0]?.tags[0]?.tag)
  // @ts-expect-error left out
  is<unknown>(included.items[0]?.content)
}

export async function refusals(db: Db): Promise<void> {
  // @ts-expect-error not annotated
  await db.author.search('query')
  // @ts-expect-error not a field that is searched
  await db.article.search('query', { highlight: ['createdAt'] })
  // @ts-expect-error no such path
  await db.article.search('query', { facets: ['tags.nothing'] })
  // @ts-expect-error a relation is no value
  await db.article.search('query', { facets: ['tags'] })
  // @ts-expect-error no such argument
  await db.article.search('query', { take: 5 })
  // @ts-expect-error no such field
  await db.article.search('query', { where: { nothing: 1 } })
  // @ts-expect-error no such order
  await db.article.search('query', { order: 'oldest' })
  // @ts-expect-error the model's annotation has no `fuzzy`
  await db.page.search('query', { fuzzy: true })
  // @ts-expect-error what is looked for is a text
  await db.article.search(7)
}

export async function views(db: Db): Promise<void> {
  const { refreshedAt, refreshed } = await db.dailyArticles.refresh({ maxAge: '15m' })
  is<Date>(refreshedAt)
  is<boolean>(refreshed)
  is<Date>(await db.dailyArticles.refreshedAt({ maxAge: 5_000 }))
  // @ts-expect-error no such unit
  await db.dailyArticles.refresh({ maxAge: '15 minutes' })
  // @ts-expect-error a table
  await db.article.refresh()
}

export async function everywhere(db: Db, tx: TransactionOf<PrismaClient, Schema>): Promise<void> {
  is<string | undefined>((await tx.article.search('query')).items[0]?.title)
  is<string | undefined>((await db.$as({ userId: 'a' }).article.search('query')).items[0]?.title)
  const extended = db.$extends({ model: { article: { two: () => 2 } } })
  is<string | undefined>((await extended.article.search('query')).items[0]?.title)
  is<Date>(await extended.dailyArticles.refreshedAt())
}
