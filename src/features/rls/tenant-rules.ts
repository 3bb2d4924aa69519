/**
 * What `@rls.tenant` demands of keys. PostgreSQL checks uniqueness and foreign keys past all policies: a unique key without the
 * tenant tells one tenant of another's rows, a foreign key without it can point at them.
 *
 * @see https://www.postgresql.org/docs/current/ddl-rowsecurity.html
 */
import type { ModelMeta, RelationMeta, SchemaComplaint, SchemaMeta, UniqueMeta } from '../../schema/index.ts'
import { idType } from './id-type.ts'
import { tenantFieldOf } from './protection.ts'

export function tenantFaults(schema: SchemaMeta): SchemaComplaint[] {
  const models = Object.values(schema.models).filter((model) => tenantFieldOf(model) !== undefined)
  return [
    ...models.flatMap((model) => [
      ...columnFaults(model),
      ...uniqueFaults(model),
      ...Object.values(model.relations).flatMap((relation) => relationFaults(model, relation, schema)),
    ]),
    ...typeFaults(models),
  ]
}

function complain({ name: model }: ModelMeta, message: string, expected?: string): SchemaComplaint {
  return { model, message, ...(expected !== undefined && { expected }) }
}

function columnFaults(model: ModelMeta): SchemaComplaint[] {
  const tenant = tenantFieldOf(model)
  if (!tenant?.nullable) return []
  return [complain(model, `\`${tenant.name}\` may be null: a row without a tenant is nobody's, so make it required`)]
}

function typeFaults(models: readonly ModelMeta[]): SchemaComplaint[] {
  const [first] = models
  const type = first && idType(tenantFieldOf(first))
  return models.flatMap((model) => {
    const own = idType(tenantFieldOf(model))
    if (own === undefined) return [complain(model, 'a tenant’s id is a String, an Int or a BigInt')]
    if (own === type) return []
    return [complain(model, `the tenant’s id is ${own} here and ${type} on ${first?.name}: it has one type everywhere`)]
  })
}

function uniqueFaults(model: ModelMeta): SchemaComplaint[] {
  const tenant = tenantFieldOf(model)!.name
  const faults = Object.values(model.uniques)
    .filter((unique) => !unique.fields.includes(tenant) && !isGeneratedKey(model, unique))
    .map(({ fields, primary }) => {
      const line = `@@${primary ? 'id' : 'unique'}([${[tenant, ...fields].join(', ')}])`
      const keys = fields.map((each) => `\`${each}\``).join(', ')
      return complain(model, `${keys} would be unique across tenants: write \`${line}\``, line)
    })
  return [...faults, ...annotatedFaults(model, tenant)]
}

/** Nobody chooses such a key, so that its being taken tells nothing. */
function isGeneratedKey(model: ModelMeta, { primary, fields }: UniqueMeta): boolean {
  const [field, ...rest] = fields
  const origin = field === undefined ? undefined : model.fields[field]?.default?.kind
  return primary === true && rest.length === 0 && (origin === 'client' || origin === 'database')
}

function annotatedFaults(model: ModelMeta, tenant: string): SchemaComplaint[] {
  const column = model.fields[tenant]!.column
  const places = [model, ...Object.values(model.fields)]
  return places.flatMap(({ name, annotations = {} }) =>
    ['index.partial', 'index.covering', 'index.expression'].flatMap((annotation) =>
      (annotations[annotation] ?? [])
        .filter(({ unique }) => unique === true)
        .filter(({ fields, sql }) =>
          typeof sql === 'string'
            ? !new RegExp(`\\b${column}\\b`).test(sql)
            : !(Array.isArray(fields) ? fields : [name]).includes(tenant),
        )
        .map(() => complain(model, `\`@${annotation}\` would be unique across tenants: add \`${tenant}\` to it`)),
    ),
  )
}

function relationFaults(model: ModelMeta, relation: RelationMeta, schema: SchemaMeta): SchemaComplaint[] {
  const tenant = tenantFieldOf(model)!.name
  const target = schema.models[relation.model]
  const theirs = target && tenantFieldOf(target)?.name
  if (target === undefined || theirs === undefined) return []
  if (relation.through?.own === 'A')
    return [
      complain(
        model,
        `the join table of \`${relation.name}\` has no tenant: write it as a model of its own, with \`@rls.tenant\``,
      ),
    ]
  if (!relation.owner || relation.on === undefined) return []
  const { fields, references } = relation.on
  if (fields.some((field, i) => field === tenant && references[i] === theirs)) return []
  const rest = (names: readonly string[], own: string) => [own, ...names.filter((each) => each !== own)].join(', ')
  // Prisma would set the required tenant to null as well.
  const action = relation.nullable && relation.onDelete === undefined ? ', onDelete: Restrict' : ''
  const line = `${relation.name} ${relation.model}${relation.nullable ? '?' : ''} @relation(fields: [${rest(fields, tenant)}], references: [${rest(references, theirs)}]${action})`
  const key = `@@unique([${rest(references, theirs)}])`
  const needsKey = !Object.values(target.uniques).some(
    (unique) => [...unique.fields].sort().join() === [...new Set([theirs, ...references])].sort().join(),
  )
  return [
    complain(
      model,
      `\`${relation.name}\` can point at another tenant’s ${relation.model}: write \`${line}\`` +
        (needsKey ? `, and \`${key}\` on ${relation.model}` : ''),
      line,
    ),
  ]
}
