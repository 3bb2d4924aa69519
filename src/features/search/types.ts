import type { Types } from '@prisma/client/runtime/client'

type Arguments<Delegate> = Types.Public.Args<Delegate, 'findMany'>
type Selection<Delegate> = Pick<Arguments<Delegate>, Extract<keyof Arguments<Delegate>, 'select' | 'include' | 'omit'>>
type Payload<Delegate> = Types.Public.Payload<Delegate>

/** What the annotation says, as literal types. */
interface Annotation {
  readonly fields: object
  readonly fuzzy?: unknown
}

type AnnotationOf<Meta> = Meta extends {
  readonly annotations: { readonly search: readonly [infer Given extends Annotation] }
}
  ? Given
  : never

/** The fields that are searched. */
type Texts<Given extends Annotation> = keyof Given['fields'] & string

type Related<P> = P extends readonly (infer One)[] ? NonNullable<One> : NonNullable<P>

/** `tags.tag.name`: a field of the model, or of one that up to three relations lead to. */
type FacetPath<P, Depth extends readonly unknown[] = [1, 1, 1]> =
  | (keyof Scalars<P> & string)
  | (Depth extends readonly [unknown, ...infer Left]
      ? {
          [R in keyof Objects<P> & string]: `${R}.${FacetPath<Related<Objects<P>[R]>, Left>}`
        }[keyof Objects<P> & string]
      : never)

type Scalars<P> = P extends { scalars: infer S } ? S : never
type Objects<P> = P extends { objects: infer O } ? O : never

type ValueAt<P, Path extends string> = Path extends `${infer R}.${infer Rest}`
  ? R extends keyof Objects<P>
    ? ValueAt<Related<Objects<P>[R]>, Rest>
    : never
  : Path extends keyof Scalars<P>
    ? NonNullable<Scalars<P>[Path]>
    : never

export type SearchArguments<Delegate, Given extends Annotation> = Selection<Delegate> & {
  /** Prisma's conditions, relations included; they and the search are one statement. */
  readonly where?: Arguments<Delegate>['where']
  /** Items on the page. Default 20. */
  readonly first?: number
  /** `pageInfo.endCursor` of the page before, of the same search. */
  readonly after?: string | null
  /** The best first, among the newest matches; or the newest first. Default `'rank'`. */
  readonly order?: 'rank' | 'newest'
  /** The fields to show with marks around what matched, as HTML that is safe to put into a page. */
  readonly highlight?: readonly Texts<Given>[]
  /** The last word may go on: for searches while somebody types. */
  readonly prefix?: boolean
  /** What to count the values of, over the newest matches. */
  readonly facets?: readonly FacetPath<Payload<Delegate>>[]
  /**
   * How many of the newest matches are ranked and counted, and in how many of the newest rows with its words a phrase is looked for.
   * Default: what the annotation says, or 2000.
   */
  readonly cap?: number
} & (Given extends { readonly fuzzy: true | readonly unknown[] }
    ? {
        /** Whether similar words are looked for where nothing matched. Default true. */
        readonly fuzzy?: boolean
      }
    : object)

type Highlighted<A> = A extends { readonly highlight: readonly (infer Field extends string)[] }
  ? { readonly [F in Field]: string | null }
  : object

type Facets<P, A> = A extends { readonly facets: readonly (infer Path extends string)[] }
  ? { readonly [F in Path]: { readonly value: ValueAt<P, F>; readonly count: number }[] }
  : object

export interface SearchResult<Item, FacetValues> {
  readonly items: Item[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  /** Whether the words of the text were found, or words similar to them. */
  readonly matched: 'words' | 'similar'
  /** True where there are more matches than were ranked and counted, or more rows in which a phrase may be. */
  readonly capped: boolean
  readonly facets: FacetValues
}

export type FoundItem<Delegate, A> = Types.Public.Result<Delegate, A, 'findFirstOrThrow'> & {
  /** How well it matches; the higher the better, comparable within one search. */
  readonly rank: number
  readonly highlights: Highlighted<A>
}

/** Only on models with `@search`. */
export type SearchMethods<Delegate, Meta> = [AnnotationOf<Meta>] extends [never]
  ? unknown
  : {
      /**
       * Full-text search: words in any order, `"a phrase"`, `or`, `-without`. Any text is safe.
       *
       * @throws SUB_SEARCH_TEXT, SUB_SEARCH_ARGUMENT, SUB_SEARCH_UNSUPPORTED, SUB_WHERE_INVALID, SUB_CURSOR_INVALID, SUB_CURSOR_MISMATCH, SUB_CURSOR_EXPIRED
       */
      search<const A extends SearchArguments<Delegate, AnnotationOf<Meta>>>(
        text: string,
        options?: A & { readonly [K in Exclude<keyof A, keyof SearchArguments<Delegate, AnnotationOf<Meta>>>]: never },
      ): Promise<SearchResult<FoundItem<Delegate, A>, Facets<Payload<Delegate>, A>>>
    }
