import { file, required } from '../grammar/argument.ts'
import { defineAnnotation } from '../grammar/define.ts'

export const databaseFunction = defineAnnotation({
  name: 'function',
  on: ['schema', 'model', 'view'],
  repeatable: true,
  arguments: {
    file: required(
      file,
      'A file with one CREATE OR REPLACE FUNCTION or PROCEDURE, relative to the schema file that names it.',
    ),
  },
  summary: 'A function of the database, kept in a file of its own.',
  example: `/// @function("functions/current_user_id.sql")

model User {
  id Int @id
}`,
})
