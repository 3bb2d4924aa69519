// The package exports no types of its own, and whoever compiles these sources needs some.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="./bugsnag-cuid.d.ts" />
/**
 * Ids that the client makes before a row is written, with the libraries that Prisma's own runtime has inside, so that they
 * are of the same kind whichever path a row took. Only those that a schema names are loaded: all of them cost more to
 * import than the rest of this folder.
 */
import { randomUUID } from 'node:crypto'
import type { ClientGenerator, DefaultMeta, SchemaMeta } from '../schema/model-meta.ts'

export type MakeId = () => string
/** By the default as written: `uuid(7)`. */
export type IdMakers = ReadonlyMap<string, MakeId>

type Arguments = readonly (string | number)[]
type ClientDefault = Extract<DefaultMeta, { kind: 'client' }>

/** The makers of all ids that a schema's models need. */
export async function loadIdMakers(schema: SchemaMeta): Promise<IdMakers> {
  const makers = new Map<string, MakeId>()
  for (const { fields } of Object.values(schema.models)) {
    for (const { default: value } of Object.values(fields)) {
      if (value?.kind !== 'client' || makers.has(makerName(value))) continue
      const make = await load(value.generator, value.args ?? [])
      if (make) makers.set(makerName(value), make)
    }
  }
  return makers
}

export function makerName({ generator, args = [] }: ClientDefault): string {
  return `${generator}(${args.join()})`
}

async function load(generator: ClientGenerator, [argument]: Arguments): Promise<MakeId | undefined> {
  switch (generator) {
    case 'uuid':
      if ((argument ?? 4) === 4) return randomUUID
      return argument === 7 ? (await import('uuid')).v7 : undefined
    case 'cuid':
      if ((argument ?? 1) === 1) return (await import('@bugsnag/cuid')).default
      return argument === 2 ? (await import('@paralleldrive/cuid2')).createId : undefined
    case 'ulid':
      return (await import('ulid')).ulid
    case 'nanoid': {
      const { nanoid } = await import('nanoid')
      return typeof argument === 'number' ? () => nanoid(argument) : () => nanoid()
    }
    default:
      return undefined
  }
}
