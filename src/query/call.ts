/** The calls that the direct path knows, as Prisma's client makes them. */
import { uncovered } from './uncovered.ts'

export type ReadOperation =
  | 'findUnique'
  | 'findUniqueOrThrow'
  | 'findFirst'
  | 'findFirstOrThrow'
  | 'findMany'
  | 'count'
  | 'aggregate'
  | 'groupBy'

export type WriteOperation =
  | 'create'
  | 'createMany'
  | 'createManyAndReturn'
  | 'update'
  | 'updateMany'
  | 'updateManyAndReturn'
  | 'upsert'
  | 'delete'
  | 'deleteMany'

export type Operation = ReadOperation | WriteOperation

/** One call of a model's method. */
export interface Call {
  /** The model's name, `User`. */
  readonly model: string
  readonly operation: Operation
  /** The arguments as given; never changed. */
  readonly args: Arguments
}

/** Prisma's arguments, or any object nested in them. */
export type Arguments = Readonly<Record<string, unknown>>

/**
 * The classes and marks of Prisma's runtime that arguments and results carry. The client hands them in, because this
 * folder does not import Prisma.
 */
export interface Runtime {
  readonly Decimal: DecimalConstructor
  /** `Prisma.skip`: as if the property were absent. */
  readonly skip: unknown
  readonly DbNull: unknown
  readonly JsonNull: unknown
  readonly AnyNull: unknown
}

export interface DecimalLike {
  toFixed(): string
  isFinite(): boolean
}

export interface DecimalConstructor {
  new (value: string | number): DecimalLike
  isDecimal(value: unknown): value is DecimalLike
}

/** True for `{…}`: neither an array nor an instance of a class. */
export function isPlainObject(value: unknown): value is Arguments {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Leaves a call with any other argument to Prisma, which has words for it. */
export function requireKnown(args: Arguments, known: readonly string[]): void {
  for (const name in args) if (!known.includes(name) && args[name] !== undefined) uncovered(`the argument ${name}`)
}

/** The properties of an arguments object that count: neither undefined nor `Prisma.skip`. */
export function definedEntries(object: Arguments, runtime: Runtime): [string, unknown][] {
  return Object.entries(object).filter(([, value]) => value !== undefined && value !== runtime.skip)
}
