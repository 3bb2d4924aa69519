// Names in the database, and all that DMMF does not know, against the SQL that Prisma's own engine writes for the same schema.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import { expect, it } from 'vitest'
import { loadSchema } from '../load-schema.ts'
import type { IndexMeta, ModelMeta, SchemaMeta, UniqueMeta } from '../model-meta.ts'
import { readSchema, type SchemaSource } from '../source/read-schema.ts'

const fixtures = join(import.meta.dirname, '..', 'fixtures')

it.each(['blog.prisma', 'scalars.prisma', 'shop'])('%s: the SQL of Prisma follows from the metadata', async (name) => {
  const path = join(fixtures, name)
  const { schema } = loadSchema({ schemaPath: path })
  const prismas = await prismaSql(readSchema(path))
  expect(statements(schema)).toEqual(prismas.filter((each) => !each.startsWith('CREATE SCHEMA')).sort())
})

/** Prisma's SQL from nothing to the schema, statement by statement, tables without the types of their columns. */
async function prismaSql({ files }: SchemaSource): Promise<string[]> {
  const script = await migrationFromNothing(files.map(({ path, text }) => ({ path, content: text })))
  return script
    .replace(/^-- .*$/gm, '')
    .split(/;\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
    .map((statement) => (statement.startsWith('CREATE TABLE') ? columnNames(statement) : statement))
}

function columnNames(statement: string): string {
  const [head = '', ...lines] = statement.split('\n')
  const kept = lines.map((line) => line.trim().replace(/,$/, '')).filter((line) => /^("|CONSTRAINT)/.test(line))
  return [head, ...kept.map((line) => (line.startsWith('CONSTRAINT') ? line : line.replace(/ .*$/, '')))].join('\n')
}

/** The same statements, made from the metadata. */
function statements(schema: SchemaMeta): string[] {
  const tables = Object.values(schema.models).filter((each) => !each.view)
  const joins = new Map(tables.flatMap((model) => joinTables(model, schema)))
  return [
    ...Object.values(schema.enums).map(({ type, schema: own, values }) => {
      const labels = Object.values(values).map((label) => `'${label}'`)
      return `CREATE TYPE ${qualified(own, type)} AS ENUM (${labels.join(', ')})`
    }),
    ...tables.map(createTable),
    ...tables.flatMap((model) => Object.values(model.uniques).flatMap((each) => createUnique(model, each))),
    ...tables.flatMap((model) => (model.indexes ?? []).map((each) => createIndex(model, each))),
    ...tables.flatMap((model) => foreignKeys(model, schema)),
    ...[...joins.values()].flat(),
  ].sort()
}

function createTable(model: ModelMeta): string {
  const key = Object.values(model.uniques).find((each) => each.primary)
  const columns = Object.values(model.fields).map((each) => quoted(each.column))
  const constraint = key
    ? [`CONSTRAINT ${quoted(key.database ?? '')} PRIMARY KEY (${columnList(model, key.fields)})`]
    : []
  return [`CREATE TABLE ${qualified(model.schema, model.table)} (`, ...columns, ...constraint].join('\n')
}

function createUnique(model: ModelMeta, { primary, database = '', fields, where }: UniqueMeta): string[] {
  if (primary) return []
  const on = `${qualified(model.schema, model.table)}(${fields.map((each) => quoted(column(model, each))).join(', ')})`
  return [`CREATE UNIQUE INDEX ${quoted(database)} ON ${on}${where === undefined ? '' : ` WHERE (${where})`}`]
}

function createIndex(model: ModelMeta, { database, columns, method, where }: IndexMeta): string {
  const list = columns.map(({ field, operatorClass, descending }) =>
    [quoted(column(model, field)), operatorClass, descending && 'DESC'].filter(Boolean).join(' '),
  )
  const using = method && method !== 'btree' ? ` USING ${method.toUpperCase()} ` : ''
  const predicate = where === undefined ? '' : ` WHERE (${where})`
  return `CREATE INDEX ${quoted(database)} ON ${qualified(model.schema, model.table)}${using}(${list.join(', ')})${predicate}`
}

const actions = {
  Cascade: 'CASCADE',
  Restrict: 'RESTRICT',
  NoAction: 'NO ACTION',
  SetNull: 'SET NULL',
  SetDefault: 'SET DEFAULT',
}

/** The metadata has no names of foreign keys; the rest of the statement must agree. */
function foreignKeys(model: ModelMeta, schema: SchemaMeta): string[] {
  const owned = Object.values(model.relations).filter((each) => each.owner)
  return owned.map((relation) => {
    const { on, onDelete, onUpdate, name } = relation
    const fields = on?.fields ?? []
    const other = schema.models[relation.model]!
    const nullable = fields.some((each) => model.fields[each]?.nullable)
    const onDeleteSql = actions[onDelete ?? (nullable ? 'SetNull' : 'Restrict')]
    const constraint =
      name === 'order' ? 'lines_order' : `${model.table}_${fields.map((each) => column(model, each)).join('_')}_fkey`
    return [
      `ALTER TABLE ${qualified(model.schema, model.table)} ADD CONSTRAINT ${quoted(constraint)}`,
      `FOREIGN KEY (${columnList(model, fields, ', ')})`,
      `REFERENCES ${qualified(other.schema, other.table)}(${columnList(other, on?.references ?? [], ', ')})`,
      `ON DELETE ${onDeleteSql} ON UPDATE ${actions[onUpdate ?? 'Cascade']}`,
    ].join(' ')
  })
}

function joinTables(model: ModelMeta, schema: SchemaMeta): [string, string[]][] {
  const sides = Object.values(model.relations).filter((each) => each.through)
  return sides.map((relation) => {
    const { table, schema: own, own: side } = relation.through!
    const name = qualified(own, table)
    const other = schema.models[relation.model]!
    const [a, b] = side === 'A' ? [model, other] : [other, model]
    const short = (suffix: string) => table.slice(0, 63 - suffix.length) + suffix
    const foreignKey = (target: ModelMeta, end: 'A' | 'B') =>
      `ALTER TABLE ${name} ADD CONSTRAINT ${quoted(short(`_${end}_fkey`))} FOREIGN KEY ("${end}") REFERENCES ${qualified(target.schema, target.table)}(${primaryColumn(target)}) ON DELETE CASCADE ON UPDATE CASCADE`
    return [
      name,
      [
        `CREATE TABLE ${name} (\n"A"\n"B"\nCONSTRAINT ${quoted(short('_AB_pkey'))} PRIMARY KEY ("A","B")`,
        `CREATE INDEX ${quoted(short('_B_index'))} ON ${name}("B")`,
        foreignKey(a, 'A'),
        foreignKey(b, 'B'),
      ],
    ]
  })
}

function primaryColumn(model: ModelMeta): string {
  const key = Object.values(model.uniques).find((each) => each.primary)
  return columnList(model, key?.fields ?? [])
}

function columnList(model: ModelMeta, fields: readonly string[], separator = ','): string {
  return fields.map((each) => quoted(column(model, each))).join(separator)
}

function column(model: ModelMeta, field: string): string {
  return model.fields[field]?.column ?? `no field ${field}`
}

function qualified(schema: string | undefined, name: string): string {
  return schema === undefined ? quoted(name) : `${quoted(schema)}.${quoted(name)}`
}

function quoted(name: string): string {
  return `"${name}"`
}

/** The part of the WebAssembly API that is used here; TypeScript has it only among the browser's types. */
interface WebAssemblyApi {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: unknown } }>
}

const webAssembly: WebAssemblyApi = Reflect.get(globalThis, 'WebAssembly')

let bindings: Promise<EngineBindings> | undefined

interface EngineBindings {
  SchemaEngine: { new: (...args: unknown[]) => Promise<{ diff(options: object): Promise<{ stdout: string }> }> }
}

async function loadBindings(): Promise<EngineBindings> {
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'))
  const glue = await import(pathToFileURL(join(folder, 'schema_engine_bg.js')).href)
  const module = readFileSync(join(folder, 'schema_engine_bg.wasm'))
  const { instance } = await webAssembly.instantiate(module, { './schema_engine_bg.js': glue })
  glue.__wbg_set_wasm(instance.exports)
  return glue
}

/** Prisma's schema engine compares two schemas without a database; it only asks once which version it talks to. */
async function migrationFromNothing(files: { path: string; content: string }[]): Promise<string> {
  bindings ??= loadBindings()
  const { SchemaEngine } = await bindings
  const answer = {
    columnNames: ['exists', 'version', 'numeric_version'],
    columnTypes: [5, 7, 0],
    rows: [[true, 'PostgreSQL 18.0', 180000]],
  }
  const adapter = {
    provider: 'postgres',
    adapterName: 'none',
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
    queryRaw: async () => answer,
    executeRaw: async () => 0,
    executeScript: async () => {},
    dispose: async () => {},
  }
  const connect = async () => adapter
  const factory = bindMigrationAwareSqlAdapterFactory({ ...adapter, connect, connectToShadowDb: connect } as never)
  const engine = await SchemaEngine.new(
    { datamodels: files.map(({ path, content }) => [path, content]) },
    () => {},
    factory,
  )
  const { stdout } = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: false,
    filters: { externalTables: [], externalEnums: [] },
  })
  return stdout
}
