/** Random Prisma schemas: models of many types, keys of every kind, relations between them, names mapped or not. */
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import * as fc from 'fast-check'

type Choose = <T>(...list: readonly T[]) => T

/** The folder of the schema of a seed, with Prisma's client of it generated. */
export async function generatedSchema(seed: number): Promise<string> {
  const root = join(import.meta.dirname, '../..')
  const folder = join(import.meta.dirname, 'generated', String(seed))
  await mkdir(join(folder, 'prisma'), { recursive: true })
  const file = join(folder, 'prisma/schema.prisma')
  await writeFile(file, schemaText(seed))
  await promisify(execFile)(process.execPath, ['scripts/generate.mjs', relative(root, file)], { cwd: root })
  return folder
}

export function schemaText(seed: number): string {
  const text = fc.gen().map((generate) => writeSchema((...list) => generate(() => fc.constantFrom(...list))))
  return fc.sample(text, { seed, numRuns: 1 })[0]!
}

interface Model {
  readonly name: string
  readonly key: readonly Field[]
  readonly lines: string[]
}

interface Field {
  readonly name: string
  /** Type and native type, as a foreign key repeats them: `String @db.Uuid`. */
  readonly type: string
  readonly rest: string
}

const HEAD = `generator client {
  provider = "prisma-client"
  output   = "../generated/prisma"
}

datasource db {
  provider = "postgresql"
}

enum Size {
  SMALL
  LARGE @map("rather large")

  @@map("sizes")
}
`

function writeSchema(choose: Choose): string {
  const models: Model[] = []
  for (let i = choose(2, 3, 4); i >= 0; i--) models.push(newModel(models.length, choose))
  let relations = 0
  for (const model of models) {
    // Only models before it are referred to, so that rows can be written parents first.
    const earlier = models.slice(0, models.indexOf(model))
    for (let i = choose(0, 1, 2); i > 0 && earlier.length > 0; i--)
      relate(model, choose(...earlier), `r${relations++}`, choose)
    if (choose(true, false, false)) relate(model, model, `r${relations++}`, choose)
  }
  return [
    HEAD,
    ...models.map(({ name, lines }) => `model ${name} {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`),
  ].join('\n')
}

const keyTypes = ['Int', 'String', 'BigInt', 'String @db.Uuid', 'Int @db.SmallInt', 'DateTime', 'Size'] as const

function newModel(index: number, choose: Choose): Model {
  const name = `Model${index}`
  const compound = choose(true, false, false)
  const key = (compound ? ['one', 'two'] : ['id']).map(
    (field): Field => ({ name: field, type: choose(...keyTypes), rest: map(field, choose) }),
  )
  const lines = compound
    ? [...key.map(line), choose('@@id([one, two])', '@@id([two, one], name: "both")')]
    : key.map((field) => `${line(field)} @id`)
  for (let i = choose(1, 3, 5); i > 0; i--) lines.push(column(`field${i}`, choose))
  if (choose(true, false)) lines.push(`@@map("${choose('rows of', 'model_', 'Ü')}${index}")`)
  return { name, key, lines }
}

function line({ name, type, rest }: Field): string {
  const [scalar, native = ''] = type.split(' ')
  return [name, scalar, native, rest].filter((part) => part !== '').join(' ')
}

function map(field: string, choose: Choose): string {
  return choose('', '', `@map("${field} column")`)
}

const types = [
  ...['String', 'Boolean', 'Int', 'BigInt', 'Float', 'Decimal', 'DateTime', 'Json', 'Bytes', 'Size'],
  ...['String @db.VarChar(8)', 'String @db.Char(4)', 'String @db.Uuid', 'String @db.Inet', 'Int @db.SmallInt'],
  ...['Float @db.Real', 'Decimal @db.Decimal(10, 2)', 'Json @db.Json'],
  ...['DateTime @db.Date', 'DateTime @db.Time(3)', 'DateTime @db.Timestamptz(6)', 'DateTime @db.Timestamp(0)'],
] as const

function column(name: string, choose: Choose): string {
  const [scalar, ...native] = choose(...types).split(' ')
  // Prisma's adapter spoils lists of bytes, and sends lists of times as PostgreSQL does not read them.
  const spoilt = scalar === 'Bytes' || native[0]?.startsWith('@db.Time(')
  const kind = spoilt ? choose('', '?') : choose('', '', '?', '?', '[]')
  const unique = kind !== '[]' && scalar !== 'Json' && scalar !== 'Boolean' && choose(true, false, false, false)
  const value = defaultOf(scalar!, native.join(' '), kind, choose)
  return [name, scalar + kind, native.join(' '), map(name, choose), unique ? '@unique' : '', value]
    .filter((part) => part !== '')
    .join(' ')
}

function defaultOf(scalar: string, native: string, kind: string, choose: Choose): string {
  if (kind === '[]' || native !== '' || choose(true, true, false)) return ''
  const values: Readonly<Record<string, readonly string[]>> = {
    String: ['"text"', 'uuid()', 'cuid()'],
    Boolean: ['true'],
    Int: ['7'],
    BigInt: ['9007199254740993'],
    Float: ['1.5'],
    Decimal: ['1.50'],
    DateTime: ['now()'],
    Size: ['LARGE'],
  }
  const of = values[scalar]
  return of ? `@default(${choose(...of)})` : ''
}

/** Adds a relation of a random kind to both models. */
function relate(from: Model, to: Model, name: string, choose: Choose): void {
  const single = from.key.length === 1 && to.key.length === 1
  if (single && choose(true, false, false, false)) {
    from.lines.push(`${name}From ${to.name}[] @relation("${name}")`)
    to.lines.push(`${name}To ${from.name}[] @relation("${name}")`)
    return
  }
  const optional = from === to || choose(true, false)
  const oneToOne = choose(true, false, false)
  const keys = to.key.map(
    (key): Field => ({ ...key, name: `${name}${key.name}`, rest: map(`${name}${key.name}`, choose) }),
  )
  for (const key of keys) from.lines.push(line(optional ? { ...key, type: nullable(key.type) } : key))
  const names = keys.map((key) => key.name).join(', ')
  const references = to.key.map((key) => key.name).join(', ')
  const mark = optional ? '?' : ''
  from.lines.push(`${name}From ${to.name}${mark} @relation("${name}", fields: [${names}], references: [${references}])`)
  to.lines.push(`${name}To ${from.name}${oneToOne ? '?' : '[]'} @relation("${name}")`)
  if (oneToOne) from.lines.push(`@@unique([${names}], map: "${name}_unique")`)
}

function nullable(type: string): string {
  const [scalar, ...native] = type.split(' ')
  return [`${scalar}?`, ...native].join(' ')
}
