/** Random writes of one model without nested ones, as an application could write them. */
import * as fc from 'fast-check'
import type { Arguments, Call, WriteOperation } from '../../src/query/call.ts'
import type { FieldMeta, ModelMeta, SchemaMeta } from '../../src/schema/model-meta.ts'
import { Maker } from './calls.ts'
import { anyValueOf } from './values.ts'

/** A random write. */
export function writeCalls(schema: SchemaMeta): fc.Arbitrary<Call> {
  return fc.constantFrom(...Object.values(schema.models)).chain((model) => {
    const make = new WriteMaker(schema)
    const call = (operation: WriteOperation, args: fc.Arbitrary<Arguments>) =>
      args.map((value): Call => ({ model: model.name, operation, args: value }))
    return fc.oneof(
      { weight: 4, arbitrary: call('create', make.create(model)) },
      { weight: 4, arbitrary: call('update', make.update(model)) },
      { weight: 2, arbitrary: call('upsert', make.upsert(model)) },
      { weight: 2, arbitrary: call('delete', make.remove(model)) },
      { weight: 2, arbitrary: call('updateMany', make.updateMany(model)) },
      { weight: 1, arbitrary: call('updateManyAndReturn', make.updateMany(model, true)) },
      { weight: 1, arbitrary: call('deleteMany', make.deleteMany(model)) },
      { weight: 2, arbitrary: call('createMany', make.createMany(model)) },
      { weight: 1, arbitrary: call('createManyAndReturn', make.createMany(model, true)) },
    )
  })
}

class WriteMaker {
  readonly #schema: SchemaMeta
  readonly #reads: Maker

  constructor(schema: SchemaMeta) {
    this.#schema = schema
    this.#reads = new Maker(schema)
  }

  create(model: ModelMeta): fc.Arbitrary<Arguments> {
    return merged(record({ data: this.newRow(model) }), this.selection(model))
  }

  update(model: ModelMeta): fc.Arbitrary<Arguments> {
    return merged(record({ where: this.#reads.unique(model), data: this.changes(model) }), this.selection(model))
  }

  remove(model: ModelMeta): fc.Arbitrary<Arguments> {
    return merged(record({ where: this.#reads.unique(model) }), this.selection(model))
  }

  upsert(model: ModelMeta): fc.Arbitrary<Arguments> {
    return fc.constantFrom(...Object.values(model.uniques)).chain((unique) => {
      const key = record(Object.fromEntries(unique.fields.map((name) => [name, this.value(model.fields[name]!)])))
      const where = (values: Arguments) => (unique.fields.length > 1 ? { [unique.name]: values } : values)
      return merged(
        fc.tuple(key, this.newRow(model), this.changes(model), fc.nat(5)).map(
          ([values, row, update, other]): Arguments => ({
            where: where(values),
            create: other === 0 ? row : { ...row, ...values },
            update,
          }),
        ),
        this.selection(model),
      )
    })
  }

  updateMany(model: ModelMeta, returns = false): fc.Arbitrary<Arguments> {
    return merged(this.many(model), record({ data: this.changes(model) }), returns ? this.selection(model) : none)
  }

  deleteMany(model: ModelMeta): fc.Arbitrary<Arguments> {
    return this.many(model)
  }

  createMany(model: ModelMeta, returns = false): fc.Arbitrary<Arguments> {
    const names = this.columns(model).map((field) => field.name)
    const alike = fc
      .tuple(fc.array(this.newRow(model, true), { minLength: 1, maxLength: 4 }), fc.subarray(names))
      .map(([rows, left]) =>
        rows.map((row) => ({
          ...row,
          ...Object.fromEntries(
            left.filter((name) => !isRequired(model.fields[name]!)).map((name) => [name, undefined]),
          ),
        })),
      )
    const data = fc.oneof(
      { weight: 3, arbitrary: alike },
      { weight: 1, arbitrary: fc.array(this.newRow(model), { minLength: 1, maxLength: 3 }) },
      { weight: 1, arbitrary: this.newRow(model) },
    )
    const skipDuplicates = fc.constantFrom({}, { skipDuplicates: true }, { skipDuplicates: false })
    return merged(record({ data }), skipDuplicates, returns ? this.selection(model) : none)
  }

  many(model: ModelMeta): fc.Arbitrary<Arguments> {
    const where = this.#reads.where(model, 1).map((value): Arguments => ({ where: value }))
    // A limit takes whichever rows come first, unless it takes them all or none.
    return merged(where, fc.constantFrom<Arguments>({}, {}, {}, { limit: 1_000 }, { limit: 0 }, { limit: -1 }))
  }

  columns(model: ModelMeta): FieldMeta[] {
    return Object.values(model.fields).filter((field) => field.kind !== 'unsupported')
  }

  /** A whole row, or one with now and then a field missing that must not be. */
  newRow(model: ModelMeta, full = false): fc.Arbitrary<Arguments> {
    const parts = this.columns(model).map((field) => {
      const value = this.value(field).map((given): Arguments => ({ [field.name]: given }))
      const left = fc.constantFrom<Arguments>({}, { [field.name]: undefined })
      const isNull = fc.constant<Arguments>({ [field.name]: null })
      if (full) return isRequired(field) || !field.nullable || field.type === 'Json' ? value : fc.oneof(value, isNull)
      if (isRequired(field))
        return fc.oneof({ weight: 60, arbitrary: value }, { weight: 1, arbitrary: fc.oneof(left, isNull) })
      const nulls = field.nullable && field.type !== 'Json' ? [{ weight: 2, arbitrary: isNull }] : []
      return fc.oneof({ weight: 4, arbitrary: value }, { weight: 3, arbitrary: left }, ...nulls)
    })
    return merged(...parts)
  }

  /** Some fields changed, each in one of the ways that its type has. */
  changes(model: ModelMeta): fc.Arbitrary<Arguments> {
    const columns = this.columns(model)
    return fc
      .subarray(columns, { minLength: 0, maxLength: Math.min(4, columns.length) })
      .chain((chosen) => record(Object.fromEntries(chosen.map((field) => [field.name, this.change(field)]))))
  }

  change(field: FieldMeta): fc.Arbitrary<unknown> {
    const value = this.value(field)
    if (field.type === 'Json' && !field.list) return value
    const orNull = field.nullable ? fc.option(value, { nil: null, freq: 4 }) : value
    const ways: fc.Arbitrary<unknown>[] = [orNull, orNull.map((set) => ({ set })), fc.constant(undefined)]
    if (field.list) ways.push(fc.oneof(value, anyValueOf(field, this.#schema.enums)).map((push) => ({ push })))
    else if (['Int', 'BigInt', 'Float', 'Decimal'].includes(field.type)) {
      const operator = fc.constantFrom('increment', 'decrement', 'multiply', 'divide')
      const operand = field.type === 'BigInt' ? fc.constantFrom(1n, 2n, -3n, 5) : fc.constantFrom(1, 2, -3)
      ways.push(fc.tuple(operator, fc.oneof(operand, value)).map(([word, by]) => ({ [word]: by })))
    }
    return fc.oneof(...ways)
  }

  value(field: FieldMeta): fc.Arbitrary<unknown> {
    const value = anyValueOf(field, this.#schema.enums)
    return field.list ? fc.array(value, { maxLength: 3 }) : value
  }

  selection(model: ModelMeta): fc.Arbitrary<Arguments> {
    return fc.oneof(
      { weight: 8, arbitrary: this.#reads.selection(model, 0) },
      { weight: 1, arbitrary: this.#reads.selection(model, 1) },
    )
  }
}

const none = fc.constant<Arguments>({})

/** True for a field that a new row must name. */
function isRequired(field: FieldMeta): boolean {
  return !field.nullable && !field.list && !field.default && !field.updatedAt
}

function record(parts: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Arguments> {
  return fc.record(parts)
}

function merged(...parts: fc.Arbitrary<Arguments>[]): fc.Arbitrary<Arguments> {
  return fc.tuple(...parts).map((values) => Object.assign({}, ...values) as Arguments)
}
