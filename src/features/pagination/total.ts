import type { Caller } from '../../client/index.ts'
import type { Total, TotalKind } from './types.ts'

/** Up to which number the page's own statement counts: one more than the cap tells that there are more. */
export function countLimit(kind: TotalKind | undefined, cap: number): 'all' | number | undefined {
  if (kind === 'exact') return 'all'
  return kind === 'capped' ? cap + 1 : undefined
}

export function totalOf(kind: TotalKind, count: number, cap: number): Total {
  if (kind !== 'capped') return { count, kind }
  return count > cap ? { count: cap, kind } : { count, kind: 'exact' }
}

/** As many rows as the planner expects: of those that the context's policies show, and at no more cost than a plan. */
export async function estimatedRows({ compiler, model, execute }: Caller, where: unknown): Promise<number> {
  const { text, values } = compiler.pages.rows(model.name, where)
  const { rows } = await execute({ text: `EXPLAIN (FORMAT JSON) ${text}`, values })
  const [plan] = JSON.parse(rows[0]?.[0] ?? '[]') as [{ readonly Plan: { readonly 'Plan Rows': number } }]
  return plan.Plan['Plan Rows']
}
