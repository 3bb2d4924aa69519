import { boolean, field, identifier, list, optional, required } from '../grammar/argument.ts'
import { defineAnnotation } from '../grammar/define.ts'

export const indexCovering = defineAnnotation({
  name: 'index.covering',
  on: ['model'],
  repeatable: true,
  arguments: {
    fields: required(list(field), 'The fields that are searched, in order.'),
    include: required(list(field), 'The fields that are only carried along, so that a query reads the index alone.'),
    name: optional(identifier, 'The name of the index in the database; made from table and columns where absent.'),
    unique: optional(boolean, 'Whether no two rows may be equal in the searched fields.'),
  },
  summary: 'An index that carries further columns, so that a query need not visit the table.',
  example: `/// @index.covering(fields: [authorId], include: [title, createdAt])
model Post {
  id        Int      @id
  authorId  Int
  title     String
  createdAt DateTime
}`,
  check({ fields, include }) {
    const twice = include.find((each) => fields.includes(each))
    if (twice === undefined) return undefined
    return { argument: 'include', message: `\`${twice}\` is among the searched fields already` }
  },
})
