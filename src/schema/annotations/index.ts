import type { AnnotationDefinition } from '../grammar/define.ts'
import { check } from './check.ts'
import { databaseFunction } from './function.ts'
import { generated } from './generated.ts'
import { indexCovering } from './index-covering.ts'
import { indexExpression } from './index-expression.ts'
import { indexPartial } from './index-partial.ts'
import { viewMaterialized } from './view-materialized.ts'

export { check, databaseFunction, generated, indexCovering, indexExpression, indexPartial, viewMaterialized }

/** The annotations that belong to no feature: they declare objects of the database that Prisma's language cannot. */
export const schemaAnnotations: readonly AnnotationDefinition[] = [
  check,
  databaseFunction,
  generated,
  indexCovering,
  indexExpression,
  indexPartial,
  viewMaterialized,
]
