import { boolean, identifier, optional, required, sql, word } from '../grammar/argument.ts'
import { defineAnnotation } from '../grammar/define.ts'

export const indexExpression = defineAnnotation({
  name: 'index.expression',
  on: ['model'],
  repeatable: true,
  arguments: {
    sql: required(sql, 'What is indexed, as it stands in CREATE INDEX: expressions, operator classes and directions.'),
    method: optional(word('btree', 'hash', 'gin', 'gist', 'spgist', 'brin'), 'The access method; btree where absent.'),
    name: optional(identifier, 'The name of the index in the database; made from the table where absent.'),
    unique: optional(boolean, 'Whether no two rows may be equal in it. Only for btree.'),
    where: optional(sql, 'A predicate: only rows for which it is true are in the index.'),
  },
  summary: 'An index over expressions instead of columns.',
  example: `/// @index.expression("lower(email)", unique: true)
/// @index.expression("name gin_trgm_ops", method: gin, name: "users_name_trigrams")
model User {
  id    Int    @id
  email String
  name  String
}`,
  check({ method, unique }) {
    if (unique && method !== undefined && method !== 'btree')
      return { argument: 'unique', message: `only a btree index can be unique, and this is ${method}` }
    return undefined
  },
})
