import type { Types } from '@prisma/client/runtime/client'

type Args<Model> = Types.Public.Args<Model, 'findMany'>

/** How exactly the rows of all pages are counted. */
export type TotalKind = 'exact' | 'estimate' | 'capped'

/** How many rows there are on all pages together. */
export interface Total {
  readonly count: number
  /** What the count is: of `'capped'`, there are more. Asked for `'capped'`, a count below the cap is `'exact'`. */
  readonly kind: TotalKind
}

/** As in Relay's specification; see https://relay.dev/graphql/connections.htm#sec-undefined.PageInfo. */
export interface PageInfo {
  /** Both are asked of the database, whichever way the page was read. */
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
  /** Null on an empty page. */
  readonly startCursor: string | null
  readonly endCursor: string | null
}

interface Forwards {
  /** Rows of the page. Default 20, or the configuration's `maxPageSize` where that is less. */
  readonly first?: number | null | undefined
  /** An `endCursor`: the page after it. */
  readonly after?: string | null | undefined
  readonly last?: null | undefined
  readonly before?: null | undefined
}

interface Backwards {
  /** Rows of the page, from the end. */
  readonly last?: number | null | undefined
  /** A `startCursor`: the page before it. */
  readonly before?: string | null | undefined
  readonly first?: null | undefined
  readonly after?: null | undefined
}

/** What `paginate` takes: of Prisma's arguments those that say which rows, in which order, with what of them; and a window. */
export type PageArguments<Model> = Pick<
  Args<Model>,
  // A model without relations has nothing to include.
  Extract<keyof Args<Model>, 'where' | 'orderBy' | 'select' | 'include' | 'omit'>
> &
  (Forwards | Backwards) & {
    /** Counts the rows of all pages: all of them, as the planner estimates, or up to the configuration's `countCap`. */
    readonly total?: TotalKind | undefined
    /** The page as a Relay connection, with a cursor on every row. */
    readonly connection?: boolean | undefined
  }

/** A page. */
export interface Page<Item> {
  readonly items: Item[]
  readonly pageInfo: PageInfo
}

/** The same as a Relay connection; see https://relay.dev/graphql/connections.htm. */
export interface Connection<Item> {
  readonly edges: { readonly node: Item; readonly cursor: string }[]
  readonly pageInfo: PageInfo
}

type Payload<Model> = Types.Public.Payload<Model, 'findMany'>
type RowOf<Model> = Model extends { findMany(...args: never): PromiseLike<(infer Row)[]> } ? Row : never

/** What the client's constructor leaves out of this model's rows: Prisma keeps it where only its own methods find it. */
interface OmittedByClient<Model> {
  readonly omit: {
    readonly [Name in Uncapitalize<Payload<Model>['name']>]: {
      readonly [Field in Exclude<keyof Payload<Model>['scalars'], keyof RowOf<Model>>]: true
    }
  }
}

type Selected<Model, A> = Omit<A, Exclude<keyof PageArguments<Model>, keyof Args<Model>>>
type Rows<Model, A> = Types.Result.GetResult<Payload<Model>, Selected<Model, A>, 'findMany', OmittedByClient<Model>>
type Item<Model, A> = Rows<Model, A> extends (infer Row)[] ? Row : never

export type PageOf<Model, A> = (A extends { readonly connection: true }
  ? Connection<Item<Model, A>>
  : Page<Item<Model, A>>) &
  (A extends { readonly total: TotalKind } ? { readonly total: Total } : unknown)

/** What the feature adds to every model. */
export interface PageMethods<Model> {
  /**
   * One page of a list, in one statement: the rows after a cursor (or before one) in an order of scalar fields, of the model or
   * of its to-one relations. A unique key is appended to the order unseen, so that no row is repeated or left out, whatever is
   * written or deleted between two pages.
   *
   * @throws SUB_PAGE_ARGUMENTS, SUB_PAGE_SIZE, SUB_PAGE_UNSUPPORTED, SUB_CURSOR_INVALID, SUB_CURSOR_MISMATCH, SUB_CURSOR_EXPIRED
   */
  paginate<const A extends PageArguments<Model>>(
    args?: Types.Public.Exact<A, PageArguments<Model>>,
  ): Promise<PageOf<Model, A>>
}
