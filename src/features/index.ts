import type { FeatureFactory } from '../client/index.ts'
import { bulk } from './bulk/index.ts'
import { pagination } from './pagination/index.ts'
import { rowSecurity } from './rls/index.ts'
import { fullTextSearch } from './search/index.ts'
import { materializedViews } from './views/index.ts'

/** Every feature that takes part in calls, in no order. */
export const features: readonly FeatureFactory[] = [rowSecurity, bulk, pagination, fullTextSearch, materializedViews]
