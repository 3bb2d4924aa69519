/** Random rows for every model of a schema, parents before children, written through Prisma itself. */
import * as fc from 'fast-check'
import type { ModelMeta, SchemaMeta } from '../../src/schema/model-meta.ts'
import { anyValueOf } from './values.ts'
import type { AnyModels } from './world.ts'

type Row = Record<string, unknown>

/** Writes about `count` rows to each model. Rows that a unique key refuses are left out. */
export async function fill(prisma: AnyModels, schema: SchemaMeta, count: number, seed: number): Promise<void> {
  const written = new Map<string, Row[]>()
  for (const model of parentsFirst(schema)) {
    const rows: Row[] = []
    written.set(model.name, rows)
    const candidates = fc.sample(rowOf(model, schema), { numRuns: count, seed })
    for (const [i, candidate] of candidates.entries()) {
      const row = { ...candidate, ...parentsOf(model, written, i) }
      try {
        rows.push((await prisma[accessor(model)]!.create!({ data: row })) as Row)
      } catch (error) {
        if (!['P2002', 'P2003'].includes((error as { code?: string }).code ?? '')) throw error
      }
    }
  }
  for (const model of Object.values(schema.models)) await connectMany(prisma, schema, model, written)
}

/** The client's property for a model. */
export function accessor(model: { readonly name: string }): string {
  return model.name.charAt(0).toLowerCase() + model.name.slice(1)
}

function parentsFirst(schema: SchemaMeta): ModelMeta[] {
  const order: ModelMeta[] = []
  const visit = (model: ModelMeta) => {
    if (order.includes(model)) return
    for (const relation of Object.values(model.relations)) {
      if (relation.owner && relation.model !== model.name) visit(schema.models[relation.model]!)
    }
    order.push(model)
  }
  for (const model of Object.values(schema.models)) visit(model)
  return order
}

/** A new row of a model: all its scalar fields but those that belong to relations or that the database fills. */
export function rowOf(model: ModelMeta, schema: SchemaMeta, draw = anyValueOf): fc.Arbitrary<Row> {
  const owned = Object.values(model.relations).flatMap((relation) => (relation.owner ? relation.on!.fields : []))
  const fields = Object.values(model.fields).filter(
    (field) => field.kind !== 'unsupported' && !owned.includes(field.name) && field.default?.kind !== 'database',
  )
  return fc.record(
    Object.fromEntries(
      fields.map((field) => {
        const value = draw(field, schema.enums)
        if (field.list) return [field.name, fc.array(value, { maxLength: 3 })]
        // Prisma wants its own null for JSON; leaving the field out is the same.
        const none = field.type === 'Json' ? undefined : null
        return [field.name, field.nullable ? fc.option(value, { nil: none, freq: 3 }) : value]
      }),
    ),
  )
}

function parentsOf(model: ModelMeta, written: ReadonlyMap<string, Row[]>, i: number): Row {
  const row: Row = {}
  for (const relation of Object.values(model.relations)) {
    if (!relation.owner) continue
    const parents = written.get(relation.model)!
    // Every third optional parent is left out; one-to-one takes a parent each.
    const parent = relation.nullable && (i % 3 === 0 || parents.length === 0) ? undefined : parents[i % parents.length]
    relation.on!.fields.forEach((field, at) => {
      if (parent) row[field] = parent[relation.on!.references[at]!]
    })
  }
  return row
}

async function connectMany(
  prisma: AnyModels,
  schema: SchemaMeta,
  model: ModelMeta,
  written: ReadonlyMap<string, Row[]>,
): Promise<void> {
  for (const relation of Object.values(model.relations)) {
    if (relation.through?.own !== 'A') continue
    const other = schema.models[relation.model]!
    const others = written.get(other.name)!
    for (const [i, row] of written.get(model.name)!.entries()) {
      const connect = others.filter((_, j) => (i + j) % 3 === 0).map((target) => keyOf(other, target))
      await prisma[accessor(model)]!.update!({ where: keyOf(model, row), data: { [relation.name]: { connect } } })
    }
  }
}

function keyOf(model: ModelMeta, row: Row): Row {
  const key = Object.values(model.uniques).find((unique) => unique.primary)!
  return Object.fromEntries(key.fields.map((field) => [field, row[field]]))
}
