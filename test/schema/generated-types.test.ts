// The generated module and what it says to types, under every compiler and module resolution that is supported.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { generateSchema } from '../../src/schema/index.ts'
import { sample } from '../rounds.ts'
import { featureAnnotations } from './definitions.ts'

const root = join(import.meta.dirname, '..', '..')
// Inside the package, so that `substrata` is found by its own name.
mkdirSync(join(root, '.substrata'), { recursive: true })
const folder = mkdtempSync(join(root, '.substrata', 'schema-types-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const featureSchema = `
datasource db {
  provider = "postgresql"
}

/// @search(fields: [title: A, body: B], language: "english")
/// @cache(ttl: "5m", share: 0.5)
model Model {
  id     Int     @id
  title  String
  body   String
  /// @encrypt(searchable: true)
  secret String?
}

model Schema {
  id Int @id
}

model Unique {
  a Int
  b Int

  @@id([a, b])
}
`

const use = `import type { ModelMeta, SchemaMeta } from 'substrata'
import { schema as blog } from './blog/index.js'
import { type Schema, schema as features } from './features/index.js'
import { schema as scalars } from './scalars/index.js'
import { schema as shop } from './shop/index.js'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
export function same<T extends true>(): T | undefined {
  return undefined
}

// Data that everything can read.
export const all: readonly SchemaMeta[] = [blog, features, scalars, shop]
export const anyModel: ModelMeta = blog.models.User

// Unique keys, with their fields in order.
type Keys<M extends ModelMeta> = { [K in keyof M['uniques']]: M['uniques'][K]['fields'] }
type User = typeof blog.models.User
same<Equal<Keys<User>['byRole'], readonly ['role', 'email']>>()
same<Equal<keyof Keys<User>, 'id' | 'email' | 'mentorId' | 'nickname_role' | 'byRole'>>()
type Whole<M extends ModelMeta> = {
  [K in keyof M['uniques']]: M['uniques'][K] extends { where: string } ? never : K
}[keyof M['uniques']]
same<Equal<Whole<typeof scalars.models.Scalars>, 'id' | 'ref'>>()
type Primary<M extends ModelMeta> = {
  [K in keyof M['uniques']]: M['uniques'][K] extends { primary: true } ? K : never
}[keyof M['uniques']]
same<Equal<Primary<typeof features.models.Unique>, 'a_b'>>()

// What annotations say.
type Annotated<M extends ModelMeta, Name extends string> = M extends { annotations: Record<Name, readonly (infer A)[]> } ? A : never
type Search = Annotated<Schema['models']['Model'], 'search'>
same<Equal<keyof Search['fields'], 'title' | 'body'>>()
same<Equal<Search['fields']['title'], 'A'>>()
same<Equal<Search['language'], string>>()
same<Equal<Annotated<Schema['models']['Schema'], 'search'>, never>>()
same<Equal<Schema['models']['Model']['fields']['secret']['annotations']['encrypt'][0]['searchable'], true>>()
same<Equal<typeof shop.models.Turnover.annotations['view.materialized'][0]['unique'], readonly ['productId']>>()
same<Equal<typeof shop.models.Turnover.view, true>>()
same<Equal<typeof scalars.models.GoneTable.ignored, true>>()

// @ts-expect-error there is no such model
blog.models.Nobody
// @ts-expect-error metadata is never changed
blog.models.User.name = 'User'
`

const fixtures = join(root, 'src', 'schema', 'fixtures')
for (const name of ['blog.prisma', 'scalars.prisma', 'shop'])
  generateSchema({ schemaPath: join(fixtures, name), output: join(folder, name.replace('.prisma', '')) })
writeFileSync(join(folder, 'features.prisma'), featureSchema)
generateSchema({
  schemaPath: join(folder, 'features.prisma'),
  output: join(folder, 'features'),
  annotations: featureAnnotations,
})
writeFileSync(join(folder, 'use.ts'), use)

const compilers = { 'TypeScript 7': 'typescript', 'TypeScript 5.9': 'typescript-5' }
const resolutions = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
}
const cases = Object.keys(compilers).flatMap((compiler) =>
  Object.keys(resolutions).map((each) => [compiler, each] as const),
)

it.each(sample(cases, 4))('%s, %s', (compiler, resolution) => {
  const config = join(folder, `tsconfig.${compiler.replace(/ /g, '-')}.${resolution}.json`)
  const compilerOptions = {
    ...resolutions[resolution as keyof typeof resolutions],
    target: 'es2022',
    // What the sources use; users compile against declarations.
    lib: ['es2023'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    customConditions: ['substrata-source'],
    noEmit: true,
    skipLibCheck: true,
  }
  writeFileSync(config, JSON.stringify({ compilerOptions, files: ['use.ts'] }))
  const tsc = join(root, 'node_modules', compilers[compiler as keyof typeof compilers], 'bin', 'tsc')
  const { stdout } = spawnSync(process.execPath, [tsc, '-p', config], { cwd: root })
  expect(stdout.toString()).toBe('')
})
