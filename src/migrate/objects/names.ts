import { identifier } from '../../pg/sql.ts'
import type { Names } from './object.ts'

export function namesIn(defaultSchema: string): Names {
  return {
    defaultSchema,
    qualify: (schema, name) => (schema === defaultSchema ? identifier(name) : identifier(schema, name)),
  }
}
