/** A page of a list, as the API shows it. */
export interface PaginatedResult<T> {
  items: T[]
  hasNextPage: boolean
  /** Opaque; given back, it continues after the last item. Null on the last page. */
  nextCursor: string | null
}

interface ReadPage<T> {
  readonly items: T[]
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
}

export function paginatedResult<T>({ items, pageInfo }: ReadPage<T>): PaginatedResult<T> {
  const { hasNextPage, endCursor } = pageInfo
  return { items, hasNextPage, nextCursor: hasNextPage ? endCursor : null }
}
