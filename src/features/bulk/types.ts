/** What bulk writes are to TypeScript: rows, keys and results of the model that they are called on. */
import type { Types } from '@prisma/client/runtime/client'
import type { Strategy } from '../../query/index.ts'
import type { ModelMeta, UniqueMeta } from '../../schema/model-meta.ts'
import type { BadRow, ImportFormat, ImportProgress, ImportResult, ImportSource } from './import/index.ts'
import type { UpsertOutcome } from './rows/outcome.ts'
import type { Fragment } from './upsert/fragment.ts'
import type { Reference } from './upsert/reference.ts'

/** A new row: the scalar fields of a model, as `createMany` takes them. */
export type NewRow<Delegate> =
  Types.Public.Args<Delegate, 'createMany'> extends { data: infer Data } ? Exclude<Data, readonly unknown[]> : never

/** A row as a query without `select` returns it. */
export type StoredRow<Delegate> = Types.Public.Result<Delegate, object, 'findFirstOrThrow'>

type WhereOf<Delegate> =
  Types.Public.Args<Delegate, 'findFirst'> extends { where?: infer Where } ? NonNullable<Where> : never

/** The keys of a model by name, without the index signature that every model's metadata has beside them. */
type KeysOf<Uniques> = { [Name in keyof Uniques as string extends Name ? never : Name]: Uniques[Name] }

type FieldsOf<Keys> = { [Name in keyof Keys]: Keys[Name] extends UniqueMeta<infer Fields> ? Fields : never }[keyof Keys]

/** The fields of one of the model's unique keys, partial ones among them, in any order. */
export type KeyFields<Meta> = Meta extends ModelMeta ? PermutationsOf<FieldsOf<KeysOf<Meta['uniques']>>> : never

type WholeKeys<Keys> = {
  [Name in keyof Keys as Keys[Name] extends { readonly where: string } ? never : Name]: Keys[Name]
}

/** Of the keys that hold for every row. */
type WholeKeyFields<Meta> = Meta extends ModelMeta
  ? PermutationsOf<FieldsOf<WholeKeys<KeysOf<Meta['uniques']>>>>
  : never

type PermutationsOf<Fields> = Fields extends readonly string[]
  ? readonly string[] extends Fields
    ? readonly string[]
    : Permutations<Fields[number]>
  : never

type Permutations<Names extends string, Next extends string = Names> = [Names] extends [never]
  ? readonly []
  : Next extends Names
    ? readonly [Next, ...Permutations<Exclude<Names, Next>>]
    : never

/** What is done with a field of a row that is there. */
export type UpdateRule<Names extends PropertyKey> =
  /** The row's new value. */
  | boolean
  /** The sum of the old value and the new one. */
  | { readonly increment: true }
  /** The new value, or the old one where the new one is null. */
  | { readonly coalesce: true }
  /** `Prisma.sql` over the columns of `existing` and `excluded`. */
  | Fragment
  /** The same, with the names of the model's fields. */
  | ((rows: {
      readonly existing: Readonly<Record<Names, Reference>>
      readonly excluded: Readonly<Record<Names, Reference>>
    }) => Fragment)

type FieldOf<Delegate> = keyof StoredRow<Delegate> & string

export interface UpsertManyArgs<Delegate, Meta> {
  readonly data: readonly NewRow<Delegate>[]
  /** The fields of the unique key by which rows are found. */
  readonly conflict: KeyFields<Meta>
  /** What of a row that is there is updated. Default `'all'`: what its row of the data gives, but for keys. */
  readonly update?:
    | 'all'
    | readonly FieldOf<Delegate>[]
    | { readonly [Name in FieldOf<Delegate>]?: UpdateRule<FieldOf<Delegate>> }
  /** Rows that are there and do not match stay as they are. */
  readonly where?: WhereOf<Delegate>
  /** Two rows of the data with one key: an error, or the first or the last of them counts. Default `'error'`. */
  readonly onDuplicate?: 'error' | 'first' | 'last'
  /** How the rows travel. Default: by their number. */
  readonly strategy?: Strategy
}

export interface UpsertManyResult {
  /** Rows inserted or updated. */
  readonly count: number
  /** Rows that were there as they are, or that `where` kept from being changed. */
  readonly unchanged: number
}

export type Returning<Delegate> = boolean | readonly FieldOf<Delegate>[]

type ReturnedRow<Delegate, Fields> = Fields extends true
  ? { readonly row: StoredRow<Delegate> }
  : Fields extends readonly (infer Name)[]
    ? { readonly row: Pick<StoredRow<Delegate>, Name & keyof StoredRow<Delegate>> }
    : unknown

/** What became of a row of the data; of a duplicate there is no row. */
export type ToldRow<Delegate, Fields, Outcome extends string, Without extends string = never> =
  | ({ readonly outcome: Exclude<Outcome, Without> } & ReturnedRow<Delegate, Fields>)
  | { readonly outcome: Without; readonly row?: undefined }

export interface EachArgs<By, Row> {
  readonly data: readonly Row[]
  /** The fields of the unique key by which rows are found; every row of the data gives them. */
  readonly by: By
  /** How the rows travel. Default: by their number. */
  readonly strategy?: Strategy
}

/** A row's key and what is to become of other fields. */
type UpdatedRow<Delegate, By> = By extends readonly (infer Name)[]
  ? Partial<NewRow<Delegate>> & Required<{ [Key in Name & keyof NewRow<Delegate>]: NonNullable<NewRow<Delegate>[Key]> }>
  : never

type KeyOnly<Delegate, By> = By extends readonly (infer Name)[]
  ? Required<{ [Key in Name & keyof NewRow<Delegate>]: NonNullable<NewRow<Delegate>[Key]> }>
  : never

export interface EachResult {
  /** Rows written. */
  readonly count: number
}

interface EachToldResult<Outcome extends string> extends EachResult {
  readonly rows: readonly { readonly outcome: Outcome }[]
}

interface ReadingOptions<Delegate> {
  /** Of bytes. Default for a path: by its extension, `.csv`, `.ndjson` or `.jsonl`. Without one a source yields objects. */
  readonly format?: ImportFormat
  /** Between the cells of CSV; one character. Default `,`. */
  readonly delimiter?: string
  /** Names in the header of CSV to fields; `null` leaves a column out. */
  readonly columns?: Readonly<Record<string, FieldOf<Delegate> | null>>
  /** Rows of a transaction. Default 10,000. */
  readonly batch?: number
  /**
   * A name for this import, under which the database keeps its position: after a crash the same call goes on where it was, with
   * no row twice and none missing. For sources that can be read from a position; see `createImportLedger`.
   */
  readonly token?: string
  /** At a bad row: end the import, collect it, or hand it over. Default `'abort'`. */
  readonly onBadRow?: 'abort' | 'collect' | ((bad: BadRow) => void | Promise<void>)
  /** Called after every batch. */
  readonly onProgress?: (progress: ImportProgress) => void
  readonly strategy?: Strategy
}

export type ImportOptions<Delegate, Meta> = ReadingOptions<Delegate> &
  (
    | (Omit<UpsertManyArgs<Delegate, Meta>, 'data' | 'onDuplicate' | 'strategy'> & {
        /** Of rows of one batch with one key. Default `'last'`, as if each were written by itself. */
        readonly onDuplicate?: 'first' | 'last'
      })
    | { readonly conflict?: undefined }
  )

export interface BatchArgs<Delegate, Meta, Fields> {
  readonly where?: WhereOf<Delegate>
  /** Rows of a batch. Default 1,000. */
  readonly size?: number
  /** The fields of the unique key that gives the order. Default: the primary key. */
  readonly by?: WholeKeyFields<Meta>
  readonly order?: 'asc' | 'desc'
  /** The fields of the rows. Default: all. */
  readonly select?: Fields
}

type SelectedRow<Delegate, Fields> = Fields extends object
  ? Pick<
      StoredRow<Delegate>,
      { [Name in keyof Fields]: Fields[Name] extends true ? Name : never }[keyof Fields] & keyof StoredRow<Delegate>
    >
  : StoredRow<Delegate>

export interface BulkMethods<Delegate, Meta> {
  /**
   * Inserts rows and updates those that are there, by one unique key: all of them or none.
   *
   * Rows that would not change are not written. Concurrent calls lock the rows that they share in one order, so that they do
   * not deadlock.
   *
   * @throws SUB_BULK_VALUE, SUB_BULK_DUPLICATE, SUB_BULK_KEY, SUB_BULK_ARGUMENT, SUB_BULK_UNSUPPORTED, SUB_BULK_PARTITIONED
   * before anything is written, and Prisma's errors (P2002, P2003 …) for what the database refuses.
   */
  upsertMany<const Fields extends Returning<Delegate> = false>(
    args: UpsertManyArgs<Delegate, Meta> & { readonly outcome: 'rows'; readonly returning?: Fields },
  ): Types.Public.PrismaPromise<
    UpsertManyResult & { readonly rows: readonly ToldRow<Delegate, Fields, UpsertOutcome, 'duplicate'>[] }
  >
  upsertMany(
    args: UpsertManyArgs<Delegate, Meta> & { readonly outcome?: 'count' },
  ): Types.Public.PrismaPromise<UpsertManyResult>

  /**
   * Updates rows by a key, other values for each: all of them or none. A field that a row of the data does not give stays as it
   * is; rows that would not change are not written, rows that are not there are passed over.
   *
   * @throws SUB_BULK_VALUE, SUB_BULK_DUPLICATE, SUB_BULK_KEY, SUB_BULK_ARGUMENT, SUB_BULK_UNSUPPORTED before anything is
   * written, and Prisma's errors for what the database refuses.
   */
  updateEach<const By extends WholeKeyFields<Meta>>(
    args: EachArgs<By, UpdatedRow<Delegate, By>> & { readonly outcome: 'rows' },
  ): Types.Public.PrismaPromise<EachToldResult<'updated' | 'unchanged' | 'missing'>>
  updateEach<const By extends WholeKeyFields<Meta>>(
    args: EachArgs<By, UpdatedRow<Delegate, By>> & { readonly outcome?: 'count' },
  ): Types.Public.PrismaPromise<EachResult>

  /** Deletes rows by a key; those that are not there are passed over. Throws as `updateEach` does. */
  deleteEach<const By extends WholeKeyFields<Meta>>(
    args: EachArgs<By, KeyOnly<Delegate, By>> & { readonly outcome: 'rows' },
  ): Types.Public.PrismaPromise<EachToldResult<'deleted' | 'missing'>>
  deleteEach<const By extends WholeKeyFields<Meta>>(
    args: EachArgs<By, KeyOnly<Delegate, By>> & { readonly outcome?: 'count' },
  ): Types.Public.PrismaPromise<EachResult>

  /**
   * Imports rows from a file, a stream, anything that can be read from a position, or an iterable of objects; with `conflict`
   * they are merged as `upsertMany` does it, without one inserted. Memory is bounded whatever the size of the source. Every
   * batch is one transaction: an import that ends early leaves whole batches.
   *
   * @throws SUB_IMPORT_BAD_ROW, SUB_IMPORT_COLUMNS, SUB_IMPORT_SOURCE, SUB_IMPORT_NOT_REPLAYABLE, SUB_IMPORT_LEDGER_MISSING,
   * SUB_IMPORT_CHANGED, SUB_IMPORT_CONCURRENT, SUB_BULK_KEY, SUB_BULK_ARGUMENT
   */
  importFrom(
    source: ImportSource | Iterable<NewRow<Delegate>> | AsyncIterable<NewRow<Delegate>>,
    options?: ImportOptions<Delegate, Meta>,
  ): Types.Public.PrismaPromise<ImportResult>

  /**
   * The rows of the model in batches, in the order of a key: `for await (const users of db.user.inBatches({ size: 500 }))`. Each
   * batch is a statement of its own that begins behind the last row of the one before. Whatever is written meanwhile, no row
   * comes twice, and none that is there all the time is left out.
   *
   * @throws SUB_BULK_KEY for a key that may be null or is partial, SUB_BULK_ARGUMENT
   */
  inBatches<const Fields extends { readonly [Name in FieldOf<Delegate>]?: boolean } | undefined = undefined>(
    args?: BatchArgs<Delegate, Meta, Fields>,
  ): AsyncIterable<readonly SelectedRow<Delegate, Fields>[]>
}
