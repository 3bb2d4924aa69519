import { createRefresh, materializedModels, refreshFunction, stampView } from '../../features/views/index.ts'
import { annotations, annotationsOf } from '../../schema/index.ts'
import { hashOf } from './mark.ts'
import type { DeclarationSource, DeclaredObject } from './object.ts'

/** The functions by which the application has materialized views refreshed, which it does not own. */
export function declaredRefreshes({ schema: meta, names }: DeclarationSource): DeclaredObject[] {
  return materializedModels(meta).map((view) => {
    const schema = view.schema ?? names.defaultSchema
    const concurrently = annotationsOf(annotations.viewMaterialized, view).some(({ unique }) => unique !== undefined)
    const create = createRefresh(names.qualify(schema, refreshFunction(view)), {
      view: names.qualify(schema, view.table),
      stamp: names.qualify(schema, stampView(view)),
      concurrently,
    })
    return {
      kind: 'function',
      annotation: 'view.materialized',
      origin: `@view.materialized on ${view.name}`,
      name: { schema, name: refreshFunction(view) },
      create: [create],
      hash: hashOf([create]),
    }
  })
}
