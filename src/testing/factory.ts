import { randomInt } from 'node:crypto'

/** What a caller may give, and must where neither defaults nor requirements know it. */
export type Overrides<Data, Known extends PropertyKey> = Omit<Data, Known> & {
  [Key in keyof Data as Key extends Known ? Key : never]?: Data[Key] | undefined
}

/** The argument may be left out where nothing in it is required. */
type Argument<Given> = object extends Given ? [overrides?: Given] : [overrides: Given]

export interface Factory<Data, Result, Given> {
  /** The data of one row, not stored; rows that it requires are. */
  readonly build: (...overrides: Argument<Given>) => Promise<Data>
  /** Stores one row and returns what `create` returned. */
  readonly create: (...overrides: Argument<Given>) => Promise<Result>
  /** Stores several, one after the other. */
  readonly createMany: (count: number, ...overrides: Argument<Given | ((index: number) => Given)>) => Promise<Result[]>
}

/**
 * Defines how rows of one kind are made in tests. It knows no ORM: `create` stores the data however you do.
 *
 * @param definition.create - The type of its parameter says which fields exist; for Prisma take the model's
 * `UncheckedCreateInput`.
 * @param definition.defaults - Gets a number that no other call gets, in this process or another on the same database:
 * each process counts on from a random start. It fits PostgreSQL's `integer`.
 * @param definition.requires - Per field how to make the row that it refers to; called only where the caller gives none.
 */
export function defineFactory<
  Data extends object,
  Result,
  Defaults extends Partial<Data>,
  Relation extends keyof Data = never,
>(definition: {
  create: (data: Data) => PromiseLike<Result>
  defaults: (n: number) => Defaults & OnlyOf<Data, Defaults>
  requires?: { readonly [Field in Relation]: () => PromiseLike<Data[Field]> }
}): Factory<Data, Result, Overrides<Data, keyof Defaults | Relation>> {
  type Given = Overrides<Data, keyof Defaults | Relation>

  async function build(given?: Given): Promise<Data> {
    const overrides = Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined))
    const required: Record<string, unknown> = {}
    for (const [field, make] of Object.entries<() => PromiseLike<unknown>>({ ...definition.requires }))
      if (!(field in overrides)) required[field] = await make()
    const data: object = { ...definition.defaults(nextNumber()), ...required, ...overrides }
    return data as Data
  }

  const create = async (given?: Given): Promise<Result> => definition.create(await build(given))

  return {
    build: (...[overrides]) => build(overrides),
    create: (...[overrides]) => create(overrides),
    async createMany(count, ...[overrides]) {
      const results: Result[] = []
      for (let index = 0; index < count; index++)
        results.push(await create(typeof overrides === 'function' ? overrides(index) : overrides))
      return results
    },
  }
}

/** Makes a field that does not exist an error, where inference alone would let it pass. */
type OnlyOf<Data, Some> = { [Key in Exclude<keyof Some, keyof Data>]: never }

let last = randomInt(2 ** 30)

function nextNumber(): number {
  last += 1
  return last
}
