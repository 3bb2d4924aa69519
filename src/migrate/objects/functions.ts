import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { annotations, annotationsOf } from '../../schema/index.ts'
import { declaredContextFunctions } from './context-functions.ts'
import { hashOf } from './mark.ts'
import type { DeclarationSource, DeclaredObject, Names, ObjectKind, ObjectName } from './object.ts'
import { declaredRefreshes } from './refresh-functions.ts'
import { singleStatement } from './sql-text.ts'

export const functions: ObjectKind = {
  kind: 'function',
  declare(source) {
    const places = [{ name: 'the schema', ...source.schema }, ...Object.values(source.schema.models)]
    const files = places.flatMap((place) =>
      annotationsOf(annotations.databaseFunction, place).map(({ file }) => ({ file, on: place.name })),
    )
    const seen = new Map(files.map((each) => [each.file, each]))
    return [
      ...declaredContextFunctions(source),
      ...declaredRefreshes(source),
      ...[...seen.values()].map(({ file, on }) => declaredFunction(file, on, source)),
    ]
  },
  catalogue: `
    SELECT n.nspname AS schema, NULL AS table, p.proname AS name, pg_get_function_identity_arguments(p.oid) AS arguments,
           obj_description(p.oid, 'pg_proc') AS comment,
           'pg_proc'::regclass::oid AS class, p.oid AS object, 0 AS sub, p.oid AS on, false AS prisma
      FROM pg_proc p
      JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')`,
  // ROUTINE is a function or a procedure.
  target: (name, names) => `ROUTINE ${signature(name, names)}`,
  drop: (name, names) => `DROP ROUTINE ${signature(name, names)}`,
}

function signature({ schema, name, arguments: types = '' }: ObjectName, names: Names): string {
  return `${names.qualify(schema, name)}(${types})`
}

function declaredFunction(file: string, on: string, { directory, names }: DeclarationSource): DeclaredObject {
  const create = singleStatement(readFileSync(resolve(directory, file), 'utf8'))
  return {
    kind: 'function',
    annotation: 'function',
    origin: `@function("${file}") on ${on}`,
    name: { schema: names.defaultSchema, name: file },
    create: [create],
    hash: hashOf([create]),
  }
}
