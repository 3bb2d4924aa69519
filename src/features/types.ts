/** The types of the methods that features add to models. */
import type { Additions } from '../client/index.ts'
import type { SchemaMeta } from '../schema/model-meta.ts'
import type { BulkMethods } from './bulk/index.ts'
import type { PageMethods } from './pagination/index.ts'
import type { SearchMethods } from './search/index.ts'
import type { ViewMethods } from './views/index.ts'

/** Written over `this['delegate']`, the model as Prisma's client has it, and `this['meta']`, what the generator wrote of it. */
export interface FeatureMethods<S extends SchemaMeta> extends Additions {
  readonly schema: S
  readonly methods: object &
    BulkMethods<this['delegate'], this['meta']> &
    PageMethods<this['delegate']> &
    SearchMethods<this['delegate'], this['meta']> &
    ViewMethods<this['meta']>
}
