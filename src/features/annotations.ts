import type { AnnotationDefinition } from '../schema/index.ts'
import { rlsPolicy, rlsTenant } from './rls/annotation.ts'
import { search } from './search/annotation.ts'

/** The annotations of the features, beside those of the schema itself. */
export const featureAnnotations: readonly AnnotationDefinition[] = [rlsPolicy, rlsTenant, search]
