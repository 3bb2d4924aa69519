import { type LocatedFault, locateFault } from './grammar/fault.ts'
import { nearestName } from './grammar/nearest-name.ts'
import { itemsOf } from './meta/attributes.ts'
import type { SchemaText, SettingsBlock } from './syntax/declarations.ts'

/** The database that the datasource names. */
export function providerOf(text: SchemaText): string | undefined {
  return blocksOf(text, 'datasource').flatMap((each) => stringsOf(each, 'provider'))[0]
}

/** `ignoreAnnotations = ["zod", "TypeGraphQL"]` in the generator's block: the annotations of other generators. */
export function ignoredAnnotations(text: SchemaText): string[] {
  return ownGenerators(text).flatMap((each) => stringsOf(each, 'ignoreAnnotations'))
}

const known = ['provider', 'output', 'ignoreAnnotations']

/** Faults of settings that our generator does not have; Prisma itself takes any. */
export function unknownSettings(text: SchemaText): LocatedFault[] {
  return ownGenerators(text).flatMap(({ members, file }) =>
    members
      .filter(({ name }) => !known.includes(name))
      .map(({ name, start }) => {
        const nearest = nearestName(name, known)
        const message = `the generator has no setting \`${name}\``
        const expected = `one of ${known.join(', ')}`
        return locateFault(file, { start, end: start + name.length, message, expected, ...(nearest && { nearest }) })
      }),
  )
}

function ownGenerators(text: SchemaText): SettingsBlock[] {
  return blocksOf(text, 'generator').filter((each) => stringsOf(each, 'provider')[0]?.includes('substrata'))
}

function blocksOf({ blocks }: SchemaText, kind: SettingsBlock['kind']): SettingsBlock[] {
  return blocks.filter((each): each is SettingsBlock => each.kind === kind)
}

/** The strings of a setting; one by itself is a list of itself. */
function stringsOf({ members }: SettingsBlock, name: string): string[] {
  const values = members.filter((each) => each.name === name).flatMap(({ value }) => itemsOf(value))
  return values.flatMap((each) => (each.kind === 'string' ? [each.value] : []))
}
