import type { FeatureFactory } from '../client/index.ts'
import { bulk } from './bulk/index.ts'
import { rowSecurity } from './rls/index.ts'

/** Every feature that takes part in calls, in no order. */
export const features: readonly FeatureFactory[] = [rowSecurity, bulk]
