/** Random reads of a schema, as an application could write them: every filter, selection, order and page. */
import * as Prisma from '@prisma/client/runtime/client'
import * as fc from 'fast-check'
import type { Arguments, Call, ReadOperation } from '../../src/query/call.ts'
import type { FieldMeta, ModelMeta, SchemaMeta, UniqueMeta } from '../../src/schema/model-meta.ts'
import { anyValueOf } from './values.ts'

/** A random read. */
export function readCalls(schema: SchemaMeta): fc.Arbitrary<Call> {
  const models = Object.values(schema.models)
  return fc.constantFrom(...models).chain((model) => {
    const make = new Maker(schema)
    const call = (operation: ReadOperation, args: fc.Arbitrary<Arguments>) =>
      args.map((value): Call => ({ model: model.name, operation, args: value }))
    return fc.oneof(
      { weight: 6, arbitrary: call('findMany', make.findMany(model, 2)) },
      { weight: 2, arbitrary: call('findFirst', make.findFirst(model)) },
      { weight: 2, arbitrary: call('findUnique', make.findUnique(model)) },
      { weight: 1, arbitrary: call('count', make.count(model)) },
      { weight: 1, arbitrary: call('aggregate', make.aggregate(model)) },
      { weight: 1, arbitrary: call('groupBy', make.groupBy(model)) },
    )
  })
}

export class Maker {
  readonly schema: SchemaMeta

  constructor(schema: SchemaMeta) {
    this.schema = schema
  }

  findMany(model: ModelMeta, depth: number): fc.Arbitrary<Arguments> {
    return compose({
      where: optional(this.where(model, 2)),
      selection: this.selection(model, depth),
      page: this.page(model),
      distinct: this.distinct(model),
    })
  }

  findFirst(model: ModelMeta): fc.Arbitrary<Arguments> {
    return compose({
      where: optional(this.where(model, 2)),
      selection: this.selection(model, 2),
      page: this.firstPage(model),
      distinct: this.distinct(model),
    })
  }

  findUnique(model: ModelMeta): fc.Arbitrary<Arguments> {
    return compose({ where: this.unique(model).map((where) => ({ where })), selection: this.selection(model, 2) })
  }

  count(model: ModelMeta): fc.Arbitrary<Arguments> {
    const fields = scalars(model)
    const select = someOf(['_all', ...fields.map((field) => field.name)], { minLength: 1, maxLength: 4 })
    return compose({
      where: optional(this.where(model, 2)),
      select: fc.option(select, { nil: undefined }).map((names) => (names ? { select: all(names) } : {})),
      page: this.page(model),
    })
  }

  aggregate(model: ModelMeta): fc.Arbitrary<Arguments> {
    return compose({ where: optional(this.where(model, 1)), functions: this.functions(model) })
  }

  groupBy(model: ModelMeta): fc.Arbitrary<Arguments> {
    const groupable = scalars(model).filter((field) => !field.list && field.type !== 'Json')
    return someOf(groupable, { minLength: 1, maxLength: 2 }).chain((by) => {
      const names = by.map((field) => field.name)
      const total = names.map((name): Arguments => ({ [name]: 'asc' }))
      const orders = fc
        .array(this.groupOrder(model), { maxLength: 2 })
        .map((terms) => ({ orderBy: [...terms, ...total] }))
      return compose({
        by: fc.constant({ by: names }),
        orders: fc.oneof(orders, fc.constant({})),
        page: compose({
          take: argument('take', fc.integer({ min: -3, max: 4 })),
          skip: argument('skip', fc.integer({ min: 0, max: 2 })),
        }),
        having: argument('having', this.having(model, by, 1)),
        where: optional(this.where(model, 1)),
        functions: this.functions(model),
      }).filter(({ orderBy, take, skip }) => orderBy !== undefined || (take === undefined && skip === undefined))
    })
  }

  /** An order of groups by one of their aggregates. */
  groupOrder(model: ModelMeta): fc.Arbitrary<Arguments> {
    return fc
      .constantFrom(...scalars(model).filter((field) => !field.list && field.type !== 'Json'))
      .chain((field) =>
        fc
          .tuple(fc.constantFrom(...aggregatesOf(field)), fc.constantFrom('asc', 'desc'))
          .map(([word, sort]) => ({ [word]: { [field.name]: sort } })),
      )
  }

  having(model: ModelMeta, by: readonly FieldMeta[], depth: number): fc.Arbitrary<Arguments> {
    const fields = scalars(model).filter((field) => !field.list && field.type !== 'Json')
    const grouped = fc
      .constantFrom(...by)
      .chain((field) => this.fieldFilter(field).map((filter): Arguments => ({ [field.name]: filter })))
    const aggregated = fc.constantFrom(...fields).chain((field) =>
      fc.constantFrom(...aggregatesOf(field)).chain((word) => {
        const filter =
          word === '_count' || word === '_avg'
            ? fc
                .tuple(fc.constantFrom('gt', 'gte', 'lt', 'not', 'equals'), fc.constantFrom(0, 1, 2))
                .map(([operator, value]) => ({ [operator]: value }))
            : this.fieldFilter(field).map(nestedFilter)
        return filter.map((value): Arguments => ({ [field.name]: { [word]: value } }))
      }),
    )
    const member = fc.oneof(grouped, aggregated)
    const members = fc
      .array(member, { minLength: 1, maxLength: 2 })
      .map((parts) => Object.assign({}, ...parts) as Arguments)
    if (depth === 0) return members
    const nested = fc.array(this.having(model, by, 0), { maxLength: 2 })
    return fc.oneof(
      members,
      fc.tuple(fc.constantFrom('AND', 'OR', 'NOT'), nested).map(([word, list]) => ({ [word]: list })),
    )
  }

  where(model: ModelMeta, depth: number): fc.Arbitrary<Arguments> {
    const members = fc.array(this.member(model, depth), { minLength: 0, maxLength: 3 })
    return members.map((parts) => Object.assign({}, ...parts))
  }

  member(model: ModelMeta, depth: number): fc.Arbitrary<Arguments> {
    // PostgreSQL compares no lists of `json`.
    const fields = scalars(model).filter((field) => !(field.list && field.native === 'Json'))
    const scalar = fc
      .constantFrom(...fields)
      .chain((field) => this.fieldFilter(field).map((filter) => ({ [field.name]: filter })))
    if (depth === 0) return scalar
    const nested = this.where(model, depth - 1)
    const logic = fc.oneof(
      fc.array(nested, { maxLength: 3 }).chain((list) => fc.constantFrom({ AND: list }, { OR: list }, { NOT: list })),
      nested.chain((one) => fc.constantFrom({ AND: one }, { NOT: one })),
    )
    const relations = Object.values(model.relations)
    if (relations.length === 0) return fc.oneof({ weight: 4, arbitrary: scalar }, { weight: 1, arbitrary: logic })
    const related = fc.constantFrom(...relations).chain((relation) => {
      const other = this.where(this.schema.models[relation.model]!, depth - 1)
      const filter = relation.list
        ? fc.tuple(fc.constantFrom('some', 'every', 'none'), other).map(([word, where]) => ({ [word]: where }))
        : fc.oneof(
            other,
            fc.tuple(fc.constantFrom('is', 'isNot'), other).map(([word, where]) => ({ [word]: where })),
            ...(relation.nullable ? [fc.constantFrom(null, { is: null }, { isNot: null })] : []),
          )
      return filter.map((value) => ({ [relation.name]: value }))
    })
    return fc.oneof(
      { weight: 4, arbitrary: scalar },
      { weight: 2, arbitrary: logic },
      { weight: 3, arbitrary: related },
    )
  }

  fieldFilter(field: FieldMeta): fc.Arbitrary<unknown> {
    const value = anyValueOf(field, this.schema.enums)
    if (field.list) {
      const list = fc.array(value, { maxLength: 2 })
      return fc.oneof(
        list.map((equals) => ({ equals })),
        value.map((has) => ({ has })),
        list.map((hasEvery) => ({ hasEvery })),
        list.map((hasSome) => ({ hasSome })),
        fc.boolean().map((isEmpty) => ({ isEmpty })),
      )
    }
    if (field.type === 'Json') return this.jsonFilter(field, value)
    const orNull = field.nullable ? fc.option(value, { nil: null, freq: 4 }) : value
    const list = fc.array(value, { maxLength: 3 })
    const simple: Record<string, fc.Arbitrary<unknown>> = { equals: orNull }
    if (field.type !== 'Boolean') Object.assign(simple, { in: list, notIn: list })
    if (field.type !== 'Boolean' && field.kind !== 'enum') {
      Object.assign(simple, { lt: value, lte: value, gt: value, gte: value })
    }
    if (field.type === 'Bytes') for (const word of ['lt', 'lte', 'gt', 'gte']) delete simple[word]
    const isText = field.type === 'String' && field.native !== 'Uuid' && field.native !== 'Inet'
    if (isText) Object.assign(simple, { contains: value, startsWith: value, endsWith: value })
    const operator = fc
      .constantFrom(...Object.keys(simple))
      .chain((word) => simple[word]!.map((each) => ({ [word]: each })))
    const operators = fc
      .array(operator, { minLength: 1, maxLength: 2 })
      .map((parts): Arguments => Object.assign({}, ...parts))
    const not = fc.oneof(orNull, operators).map((inner): Arguments => ({ not: inner }))
    const filters: fc.Arbitrary<unknown>[] = [orNull, operators, not]
    if (isText) {
      filters.push(fc.oneof(operators, not).map((filter) => ({ ...filter, mode: 'insensitive' })))
    }
    return fc.oneof(...filters)
  }

  jsonFilter(field: FieldMeta, value: fc.Arbitrary<unknown>): fc.Arbitrary<Arguments> {
    const nulls = fc.constantFrom(Prisma.DbNull, Prisma.JsonNull, Prisma.AnyNull)
    const text = fc.constantFrom('text', 'e', 'T', 'x', '%', '1', '"')
    const operators: Record<string, fc.Arbitrary<unknown>> = {
      equals: fc.oneof({ weight: 3, arbitrary: value }, { weight: 1, arbitrary: nulls }),
      not: fc.oneof({ weight: 3, arbitrary: value }, { weight: 1, arbitrary: nulls }),
      ...Object.fromEntries(
        ['lt', 'lte', 'gt', 'gte'].map((word) => [word, fc.oneof(fc.constantFrom(0, 1, 1.5), text)]),
      ),
      ...Object.fromEntries(['string_contains', 'string_starts_with', 'string_ends_with'].map((word) => [word, text])),
      ...Object.fromEntries(
        ['array_contains', 'array_starts_with', 'array_ends_with'].map((word) => [
          word,
          fc.oneof(
            value,
            value.map((each) => [each]),
          ),
        ]),
      ),
    }
    const operator = fc
      .constantFrom(...Object.keys(operators))
      .chain((word) => operators[word]!.map((given): Arguments => ({ [word]: given })))
    const path = fc.constantFrom<Arguments>(
      {},
      {},
      { path: ['a'] },
      { path: ['a', 'b'] },
      { path: ['0'] },
      { path: [] },
    )
    const mode = fc.constantFrom<Arguments>({}, {}, {}, { mode: 'insensitive' })
    return fc
      .tuple(path, mode, fc.array(operator, { minLength: 1, maxLength: 2 }))
      .map(([at, how, filters]) => Object.assign({}, at, how, ...filters) as Arguments)
      .filter((filter) => !isRefusedOfJson(field, filter))
  }

  unique(model: ModelMeta): fc.Arbitrary<Arguments> {
    return fc
      .tuple(
        this.key(model),
        fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: this.where(model, 1) }),
      )
      .map(([where, more]) => ({ ...more, ...where }))
  }

  /** The values of a unique key, as `where` and `cursor` take them. */
  key(model: ModelMeta): fc.Arbitrary<Arguments> {
    return fc.constantFrom(...Object.values(model.uniques)).chain((unique) => {
      const parts = fc.record(
        Object.fromEntries(unique.fields.map((name) => [name, anyValueOf(model.fields[name]!, this.schema.enums)])),
      )
      return unique.fields.length > 1 ? parts.map((value): Arguments => ({ [unique.name]: value })) : parts
    })
  }

  /** An order of fields that are never null, the key among them. */
  requiredOrder(model: ModelMeta): fc.Arbitrary<Arguments[]> {
    const key = requiredKey(model)
    const others = scalars(model).filter(
      (field) => !field.nullable && !field.list && field.type !== 'Json' && !key.fields.includes(field.name),
    )
    return fc
      .tuple(someOf(others, { maxLength: 2 }), fc.nat(1), fc.infiniteStream(fc.constantFrom('asc', 'desc')))
      .map(([some, last, directions]) => {
        const names = [...some.map((field) => field.name), ...key.fields]
        if (last === 1) names.reverse()
        return names.map((name): Arguments => ({ [name]: directions.next().value }))
      })
  }

  /** An order that leaves no tie, so that there is one right answer. */
  order(model: ModelMeta): fc.Arbitrary<Arguments[]> {
    const sortable = scalars(model).filter((field) => field.type !== 'Json' && !field.list)
    const direction = fc.constantFrom('asc', 'desc')
    const scalar = fc.constantFrom(...sortable).chain((field): fc.Arbitrary<Arguments> => {
      const plain = direction.map((sort): Arguments => ({ [field.name]: sort }))
      if (!field.nullable) return plain
      const withNulls = fc.tuple(direction, fc.constantFrom('first', 'last'))
      return fc.oneof(
        plain,
        withNulls.map(([sort, nulls]): Arguments => ({ [field.name]: { sort, nulls } })),
      )
    })
    const terms = [scalar]
    const relations = Object.values(model.relations)
    if (relations.length > 0) {
      terms.push(
        fc.constantFrom(...relations).chain((relation): fc.Arbitrary<Arguments> => {
          if (relation.list) return direction.map((sort) => ({ [relation.name]: { _count: sort } }))
          const fields = scalars(this.schema.models[relation.model]!).filter(
            (field) => field.type !== 'Json' && !field.list,
          )
          return fc
            .tuple(fc.constantFrom(...fields), direction)
            .map(([field, sort]) => ({ [relation.name]: { [field.name]: sort } }))
        }),
      )
    }
    const key = requiredKey(model)
    return fc
      .tuple(fc.array(fc.oneof(...terms), { maxLength: 2 }), direction)
      .map(([list, sort]) => [...list, ...key.fields.map((name) => ({ [name]: sort }))])
  }

  page(model: ModelMeta): fc.Arbitrary<Arguments> {
    const take = argument('take', fc.integer({ min: -4, max: 5 }))
    const skip = argument('skip', fc.integer({ min: 0, max: 3 }))
    const ordered = fc.record({ orderBy: this.order(model) })
    const orders = fc.oneof(ordered, fc.record({ orderBy: this.requiredOrder(model) }), fc.constant({}))
    const cursor = compose({ cursor: this.cursor(model), orders })
    return fc.oneof(
      { weight: 2, arbitrary: fc.constant({}) },
      { weight: 4, arbitrary: compose({ take, skip, ordered }) },
      { weight: 1, arbitrary: compose({ take, skip, cursor }) },
      { weight: 1, arbitrary: compose({ take, skip }) },
    )
  }

  firstPage(model: ModelMeta): fc.Arbitrary<Arguments> {
    const ordered = fc.record({ orderBy: this.order(model) })
    const from = compose({
      take: argument('take', fc.constantFrom(1, -1)),
      skip: argument('skip', fc.integer({ min: 0, max: 1 })),
      cursor: this.cursor(model),
      ordered,
    })
    return fc.oneof({ weight: 6, arbitrary: ordered }, { weight: 1, arbitrary: from })
  }

  /** A key, now and then with another field beside it. */
  cursor(model: ModelMeta): fc.Arbitrary<Arguments> {
    const others = scalars(model).filter(({ list, type }) => !list && type !== 'Json')
    const other = fc
      .constantFrom(...others)
      .chain((field) => anyValueOf(field, this.schema.enums).map((value): Arguments => ({ [field.name]: value })))
    const beside = fc.oneof({ weight: 7, arbitrary: fc.constant<Arguments>({}) }, { weight: 1, arbitrary: other })
    return fc.tuple(beside, this.key(model)).map(([more, key]) => ({ cursor: { ...more, ...key } }))
  }

  /** Without an order it would be open which of the rows alike is the first. */
  distinct(model: ModelMeta): fc.Arbitrary<Arguments> {
    const names = scalars(model)
      .filter((field) => !field.list)
      .map((field) => field.name)
    const chosen = someOf(names, { minLength: 1, maxLength: 2 }).map((distinct): Arguments => ({ distinct }))
    const ordered = compose({ chosen, order: fc.record({ orderBy: this.order(model) }) })
    return fc.oneof({ weight: 12, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: ordered })
  }

  selection(model: ModelMeta, depth: number): fc.Arbitrary<Arguments> {
    const names = Object.values(model.fields)
      .filter((field) => field.kind !== 'unsupported')
      .map((field) => field.name)
    const some = someOf(names, { minLength: 1 })
    const omit = someOf(names, { maxLength: names.length - 1 }).map((chosen): Arguments => ({ omit: all(chosen) }))
    const related = this.related(model, depth)
    return fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: omit },
      {
        weight: 2,
        arbitrary: fc
          .tuple(some, related)
          .map(([chosen, more]): Arguments => ({ select: { ...all(chosen), ...more } })),
      },
      {
        weight: 4,
        arbitrary: related.map((include): Arguments => (Object.keys(include).length > 0 ? { include } : {})),
      },
    )
  }

  related(model: ModelMeta, depth: number): fc.Arbitrary<Arguments> {
    const relations = Object.values(model.relations)
    if (depth === 0 || relations.length === 0) return fc.constant({})
    const nested = someOf(relations, { maxLength: 2 }).chain((chosen) =>
      fc.record(
        Object.fromEntries(
          chosen.map((relation) => {
            const other = this.schema.models[relation.model]!
            const args = relation.list ? this.findMany(other, depth - 1) : this.selection(other, depth - 1)
            return [relation.name, fc.oneof(fc.constant(true), args)]
          }),
        ),
      ),
    )
    const lists = relations.filter((relation) => relation.list)
    if (lists.length === 0) return nested
    const counts = fc.oneof(
      fc.constant({ _count: true }),
      fc.constantFrom(...lists).chain((relation) =>
        fc
          .oneof(
            fc.constant(true),
            this.where(this.schema.models[relation.model]!, 1).map((where) => ({ where })),
          )
          .map((value) => ({ _count: { select: { [relation.name]: value } } })),
      ),
    )
    return fc
      .tuple(nested, fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: counts }))
      .map(([objects, count]) => ({ ...objects, ...count }))
  }

  functions(model: ModelMeta): fc.Arbitrary<Arguments> {
    const numbers = scalars(model).filter(
      (field) => !field.list && ['Int', 'BigInt', 'Float', 'Decimal'].includes(field.type),
    )
    const ordered = scalars(model).filter(
      (field) =>
        !field.list &&
        ['Int', 'BigInt', 'Float', 'Decimal', 'String', 'DateTime'].includes(field.type) &&
        field.native !== 'Uuid',
    )
    const over = (names: readonly FieldMeta[]) =>
      someOf(
        names.map((field) => field.name),
        { minLength: 1, maxLength: 3 },
      ).map(all)
    const choices: Record<string, fc.Arbitrary<unknown>> = {
      _count: fc.oneof(fc.constant(true), fc.constant({ _all: true })),
    }
    if (numbers.length > 0) Object.assign(choices, { _sum: over(numbers), _avg: over(numbers) })
    if (ordered.length > 0) Object.assign(choices, { _min: over(ordered), _max: over(ordered) })
    return someOf(Object.keys(choices), { minLength: 1 }).chain((names) =>
      fc.record(Object.fromEntries(names.map((name) => [name, choices[name]!]))),
    )
  }
}

/** The key by which Prisma itself orders pages: the primary one, else the first without nulls. */
function requiredKey(model: ModelMeta): UniqueMeta {
  const keys = Object.values(model.uniques)
  const required = keys.find(({ fields }) => fields.every((name) => !model.fields[name]!.nullable))
  return keys.find(({ primary }) => primary) ?? required!
}

function scalars(model: ModelMeta): FieldMeta[] {
  return Object.values(model.fields).filter((field) => field.kind !== 'unsupported')
}

/** What PostgreSQL refuses of Prisma's SQL, whatever the rows: operators that `json` as a whole does not have, and LOWER of JSON. */
function isRefusedOfJson({ native }: FieldMeta, { path, mode, ...operators }: Arguments): boolean {
  const words = Object.keys(operators)
  const hasNone = native === 'Json' && words.some((word) => word !== 'equals' && word !== 'not')
  const isLower = mode === 'insensitive' && words.some((word) => word.startsWith('string_'))
  return path === undefined && (hasNone || isLower)
}

/** A filter as it can stand inside another: an object, and without a mode. */
function nestedFilter(filter: unknown): unknown {
  if (typeof filter !== 'object' || filter === null || Object.getPrototypeOf(filter) !== Object.prototype)
    return { equals: filter }
  const { mode: _, ...rest } = filter as Arguments
  return rest
}

/** The aggregates that an order or a filter of groups can be over. */
function aggregatesOf({ type, kind, native }: FieldMeta): string[] {
  if (kind !== 'scalar' || native === 'Uuid') return ['_count']
  if (['Int', 'BigInt', 'Float', 'Decimal'].includes(type)) return ['_count', '_sum', '_avg', '_min', '_max']
  return ['String', 'DateTime'].includes(type) ? ['_count', '_min', '_max'] : ['_count']
}

function all(names: readonly string[]): Arguments {
  return Object.fromEntries(names.map((name) => [name, true]))
}

function compose(parts: Record<string, fc.Arbitrary<Arguments>>): fc.Arbitrary<Arguments> {
  return fc.record(parts).map((values) => Object.assign({}, ...Object.values(values)) as Arguments)
}

function optional(where: fc.Arbitrary<Arguments>): fc.Arbitrary<Arguments> {
  return fc.option(where, { nil: undefined }).map((value) => (value ? { where: value } : {}))
}

function argument(name: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<Arguments> {
  return fc.option(value, { nil: undefined }).map((given) => (given === undefined ? {} : { [name]: given }))
}

/** `fc.subarray` whose bounds may exceed the list. */
function someOf<T>(list: readonly T[], { minLength = 0, maxLength = list.length } = {}): fc.Arbitrary<T[]> {
  return fc.subarray([...list], {
    minLength: Math.min(minLength, list.length),
    maxLength: Math.min(maxLength, list.length),
  })
}
