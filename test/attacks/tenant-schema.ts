/** Schemas that obey what `@rls.tenant` demands, at random. */
import { type Arbitrary, array, boolean, constantFrom, nat, record } from 'fast-check'

/** How a model's rows are told apart: by the tenant and a number of its own, or by a key that nobody chooses. */
export type KeyKind = 'composite' | 'uuid'

export interface TenantModel {
  readonly name: string
  readonly key: KeyKind
  /** Beside the key: numbers, texts that may be missing, a text that is unique within the tenant. */
  readonly numbers: number
  readonly texts: number
  readonly code: boolean
  /** The models that it points at; each an earlier one. */
  readonly parents: readonly { readonly to: string; readonly required: boolean; readonly cascade: boolean }[]
}

export interface TenantSchema {
  readonly tenantType: 'String' | 'Int'
  readonly models: readonly TenantModel[]
}

const names = ['Alpha', 'Beta', 'Gamma', 'Delta']

const shape = record({
  key: constantFrom<KeyKind>('composite', 'uuid'),
  numbers: nat(2),
  texts: nat(2),
  code: boolean(),
  parents: array(record({ to: nat(3), required: boolean(), cascade: boolean() }), { maxLength: 2 }),
})

export const tenantSchemas: Arbitrary<TenantSchema> = record({
  tenantType: constantFrom('String', 'Int'),
  shapes: array(shape, { minLength: 2, maxLength: 4 }),
}).map(({ tenantType, shapes }) => ({
  tenantType,
  models: shapes.map(({ parents, ...rest }, i): TenantModel => {
    const wanted = i > 0 && parents.length === 0 ? [{ to: i - 1, required: true, cascade: true }] : parents
    const targets = wanted.map((each) => ({ ...each, to: each.to % Math.max(i, 1) }))
    return {
      ...rest,
      name: names[i]!,
      parents: i === 0 ? [] : targets.map(({ to, ...each }) => ({ ...each, to: names[to]! })),
    }
  }),
}))

export const keyType = ({ key }: TenantModel) => (key === 'uuid' ? 'String' : 'Int')

/** The schema in Prisma's language. */
export function printSchema({ tenantType, models }: TenantSchema): string {
  const byName = new Map(models.map((model) => [model.name, model]))
  const blocks = models.map((model) => {
    const { name, key, numbers, texts, code, parents } = model
    const lines = [
      key === 'uuid' ? 'id String @id @default(uuid())' : 'id Int',
      `tenantId ${tenantType}`,
      ...Array.from({ length: numbers }, (_, i) => `number${i} Int @default(0)`),
      ...Array.from({ length: texts }, (_, i) => `text${i} String?`),
      ...(code ? ['code String'] : []),
    ]
    parents.forEach(({ to, required, cascade }, i) => {
      const mark = required ? '' : '?'
      const action = cascade && required ? 'Cascade' : 'Restrict'
      lines.push(
        `parent${i}Id ${keyType(byName.get(to)!)}${mark}`,
        `parent${i} ${to}${mark} @relation("${name}${i}", fields: [tenantId, parent${i}Id], references: [tenantId, id], onDelete: ${action}, onUpdate: Restrict)`,
        `@@index([tenantId, parent${i}Id])`,
      )
    })
    for (const child of models)
      child.parents.forEach(({ to }, i) => {
        if (to === name) lines.push(`${childList(child, i)} ${child.name}[] @relation("${child.name}${i}")`)
      })
    lines.push(key === 'uuid' ? '@@unique([tenantId, id])' : '@@id([tenantId, id])')
    if (code) lines.push('@@unique([tenantId, code])')
    return `/// @rls.tenant(tenantId)\nmodel ${name} {\n  ${lines.join('\n  ')}\n}`
  })
  return `generator client {
  provider = "prisma-client"
  output   = "./client"
}
generator substrata {
  provider = "substrata"
  output   = "./meta"
}
datasource db {
  provider = "postgresql"
}
${blocks.join('\n')}
`
}

/** The field of a parent that lists a model's rows. */
export function childList({ name }: TenantModel, parent: number): string {
  return `${name.toLowerCase()}${parent}s`
}
