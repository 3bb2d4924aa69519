import type { SeedPlan } from './plan.ts'
import { type Row, rowsOf } from './rows.ts'
import { tagNames } from './words.ts'

/** One table of the shop as the seeder writes it. */
export interface SeedTable {
  readonly name: string
  readonly columns: readonly string[]
  /** How many steps it takes; a step makes one row, or the rows that belong to one parent. */
  readonly steps: number
  rows(step: number): readonly Row[]
}

/** The shop's tables, each after the ones it refers to. */
export function seedTables(plan: SeedPlan): SeedTable[] {
  const make = rowsOf(plan)
  const one = (row: (index: number) => Row) => (step: number) => [row(step)]
  return [
    {
      name: 'users',
      columns: ['id', 'email', 'name', 'created_at', 'updated_at'],
      steps: plan.users,
      rows: one(make.user),
    },
    {
      name: 'user_profiles',
      columns: ['id', 'user_id', 'bio', 'avatar', 'location', 'website'],
      steps: plan.users,
      rows: one(make.profile),
    },
    {
      name: 'tags',
      columns: ['id', 'name'],
      steps: tagNames.length,
      rows: one(make.tag),
    },
    {
      name: 'posts',
      columns: ['id', 'title', 'content', 'published', 'published_at', 'created_at', 'updated_at', 'author_id'],
      steps: plan.posts,
      rows: one(make.post),
    },
    {
      name: 'post_tags',
      columns: ['post_id', 'tag_id'],
      steps: plan.posts,
      rows: make.postTags,
    },
    {
      name: 'comments',
      columns: ['id', 'content', 'created_at', 'updated_at', 'post_id', 'author_id'],
      steps: plan.comments,
      rows: one(make.comment),
    },
    {
      name: 'orders',
      columns: ['id', 'order_number', 'status', 'total', 'created_at', 'updated_at', 'customer_id'],
      steps: plan.orders,
      rows: one(make.order),
    },
    {
      name: 'order_items',
      columns: ['order_id', 'position', 'sku', 'product_name', 'quantity', 'unit_price'],
      steps: plan.orders,
      rows: make.orderItems,
    },
  ]
}
