import { boolean, field, identifier, list, optional, required, sql } from '../grammar/argument.ts'
import { defineAnnotation } from '../grammar/define.ts'
import { fieldsByPlace } from './fields-by-place.ts'

export const indexPartial = defineAnnotation({
  name: 'index.partial',
  on: ['model', 'field'],
  repeatable: true,
  arguments: {
    where: required(sql, 'The predicate: only rows for which it is true are in the index.'),
    fields: optional(list(field), 'The indexed fields, in order. On a field it is that field, and none are given.'),
    name: optional(identifier, 'The name of the index in the database; made from table and columns where absent.'),
    unique: optional(boolean, 'Whether no two rows of the index may be equal.'),
  },
  summary: 'An index over some rows of the table.',
  example: `/// @index.partial("deleted_at IS NULL", fields: [email], unique: true)
model User {
  id        Int       @id
  email     String
  /// @index.partial(where: "deleted_at IS NOT NULL")
  deletedAt DateTime? @map("deleted_at")
}`,
  check: fieldsByPlace,
})
