import { identifier, required, sql } from '../grammar/argument.ts'
import { defineAnnotation } from '../grammar/define.ts'

export const check = defineAnnotation({
  name: 'check',
  on: ['model', 'field'],
  repeatable: true,
  arguments: {
    name: required(identifier, 'The name of the constraint in the database.'),
    sql: required(sql, 'The condition that every row must meet.'),
  },
  summary: 'A CHECK constraint of the table.',
  example: `model Order {
  id       Int @id
  /// @check("orders_quantity_positive", "quantity > 0")
  quantity Int
}`,
})
