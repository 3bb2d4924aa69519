import type { FeatureFactory } from '../../client/index.ts'
import { createCursors } from '../../core/cursor.ts'
import type { Arguments } from '../../query/index.ts'
import { type Pages, paginate, rowsOfAnswer } from './paginate.ts'
import { watchIndexes } from './unindexed.ts'

/** `db.model.paginate(…)`: keyset pages. */
export const pagination: FeatureFactory = (_schema, _options, { config, events }) => {
  const pages: Pages = {
    config: config.pagination,
    cursors: createCursors(config.pagination),
    ...(config.environment === 'development' && { onRead: watchIndexes(events) }),
  }
  return {
    name: 'pagination',
    methods: {
      paginate: {
        kind: 'read',
        rowsOf: rowsOfAnswer,
        run: (caller, given) => paginate(caller, (given ?? {}) as Arguments, pages),
      },
    },
  }
}
