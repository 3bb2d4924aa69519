import type { Age } from './age.ts'
import type { Refresh } from './feature.ts'

/** Of a materialized view. */
export interface MaterializedViewMethods {
  /**
   * Has the view refreshed as its owner: without locking readers out where it has a unique index. Two at once refresh it once.
   *
   * @param options - `maxAge`: not where it is younger, and not where somebody else is at it.
   * @throws SUB_MAX_AGE_INVALID
   */
  refresh(options?: { readonly maxAge?: Age }): Promise<Refresh>
  /**
   * Since when nothing newer is in the view.
   *
   * @param options - `maxAge`: where it is older, a refresh begins in the background, and what is there is served until then.
   * @throws SUB_MAX_AGE_INVALID
   */
  refreshedAt(options?: { readonly maxAge?: Age }): Promise<Date>
}

/** Only on models that the schema declares as materialized views. */
export type ViewMethods<Meta> = Meta extends { readonly annotations: { readonly 'view.materialized': unknown } }
  ? MaterializedViewMethods
  : unknown
