import { createHash } from 'node:crypto'
import type { Mark } from './object.ts'

const pattern = /^substrata: (?<annotation>\S+) (?<hash>[0-9a-f]{16})$/

/** The comment by which an object made from an annotation is known again, and whether it is still the one declared. */
export function printMark({ annotation, hash }: Mark): string {
  return `substrata: ${annotation} ${hash}`
}

export function parseMark(comment: string | null): Mark | undefined {
  const { annotation, hash } = pattern.exec(comment ?? '')?.groups ?? {}
  return annotation === undefined || hash === undefined ? undefined : { annotation, hash }
}

/** The hash of a declaration: of the statements that make its object. */
export function hashOf(statements: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(statements)).digest('hex').slice(0, 16)
}
