/**
 * Values that the client makes before a row is written, with the libraries that Prisma's own runtime has inside, so that
 * ids are of the same kind whichever path a row took.
 */
import cuid from '@bugsnag/cuid'
import { createId } from '@paralleldrive/cuid2'
import { nanoid } from 'nanoid'
import { ulid } from 'ulid'
import { v4, v7 } from 'uuid'
import type { ClientGenerator } from '../schema/model-meta.ts'
import { uncovered } from './uncovered.ts'

type Make = () => string

/** A maker of ids, as `@default(uuid(7))` names it. */
export function idMaker(
  generator: Exclude<ClientGenerator, 'now'>,
  [argument]: readonly (string | number)[] = [],
): Make {
  switch (generator) {
    case 'uuid':
      return version(argument ?? 4, { 4: v4, 7: v7 })
    case 'cuid':
      return version(argument ?? 1, { 1: cuid, 2: createId })
    case 'ulid':
      return () => ulid()
    case 'nanoid':
      return typeof argument === 'number' ? () => nanoid(argument) : () => nanoid()
    default:
      return uncovered(`the default ${generator as string}()`)
  }
}

function version(wanted: string | number, makers: Readonly<Record<number, () => string>>): Make {
  const make = makers[Number(wanted)]
  return make ? () => make() : uncovered('a version of a default that is not known')
}
