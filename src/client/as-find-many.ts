/**
 * Reads of features under the extensions that users have put on their client. What an extension does to `findMany` (a filter
 * for what is not deleted, a computed field) it would otherwise not do to a page.
 */
import { type Arguments, isPlainObject } from '../query/call.ts'
import type { SchemaMeta } from '../schema/model-meta.ts'
import { extensionRows } from './errors.ts'
import {
  answeredBy,
  type ExtensionList,
  modelProperty,
  type PrismaInternals,
  type RequestTransaction,
} from './internals.ts'

/** What a feature read: rows of the model, and what it knows of them. */
export interface RowsRead {
  readonly rows: readonly unknown[]
}

interface Read<Answer> {
  readonly model: string
  /** Of the feature's method, for errors. */
  readonly name: string
  readonly args: Arguments
  readonly read: (args: Arguments) => Promise<Answer>
  readonly transaction: RequestTransaction | undefined
}

const action = 'findMany'

/** @throws SUB_EXTENSION_ROWS for an extension that gives other rows: a cursor or a rank belongs to each row that was read. */
export async function asFindMany<Answer extends RowsRead>(
  client: Pick<PrismaInternals, '_extensions' | '_request'>,
  schema: SchemaMeta,
  { model, name, args, read, transaction }: Read<Answer>,
): Promise<Answer> {
  const extensions = client._extensions
  const jsModelName = modelProperty(model)
  const computed = Object.keys(schema.models).some((each) => hasAny(extensions.getAllComputedFields(each)))
  if (!computed && extensions.getAllQueryCallbacks(jsModelName, action).length === 0) return read(args)
  let answer: Answer | undefined
  const rows = (await client._request({
    model,
    jsModelName,
    action,
    clientMethod: `${jsModelName}.${action}`,
    args,
    dataPath: [],
    ...(transaction && { transaction }),
    async [answeredBy](changed) {
      answer = await read(withNeeds(extensions, schema, model, changed))
      return answer.rows
    },
  })) as Answer['rows']
  if (rows.length !== answer?.rows.length) throw extensionRows({ model, name })
  return { ...answer, rows }
}

function hasAny(fields: object | undefined): boolean {
  return fields !== undefined && Object.keys(fields).length > 0
}

/** The same arguments, selecting what computed fields are computed from instead of the computed fields. */
function withNeeds(extensions: ExtensionList, schema: SchemaMeta, model: string, args: Arguments): Arguments {
  const computed = extensions.getAllComputedFields(model) ?? {}
  const { select, include, omit } = args
  const nested = (selection: Arguments) =>
    Object.entries(selection).map(([name, value]) => {
      const target = schema.models[model]?.relations[name]?.model
      return [name, target && isPlainObject(value) ? withNeeds(extensions, schema, target, value) : value]
    })
  return {
    ...args,
    ...(isPlainObject(select) && { select: selected(Object.fromEntries(nested(select)), computed) }),
    ...(isPlainObject(include) && { include: Object.fromEntries(nested(include)) }),
    ...(isPlainObject(omit) && { omit: omitted(omit, computed) }),
  }
}

type Computed = NonNullable<ReturnType<ExtensionList['getAllComputedFields']>>

function selected(select: Arguments, computed: Computed): Arguments {
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(select)) {
    const known = Object.hasOwn(computed, name) ? computed[name] : undefined
    if (!known) fields[name] = value
    else if (value) for (const need of known.needs) fields[need] = true
  }
  return fields
}

function omitted(omit: Arguments, computed: Computed): Arguments {
  const needed = Object.values(computed).flatMap(({ name, needs }) => (omit[name] ? [] : needs))
  return Object.fromEntries(
    Object.entries(omit).filter(([name]) => !Object.hasOwn(computed, name) && !needed.includes(name)),
  )
}
