import { required, sql } from '../grammar/argument.ts'
import { defineAnnotation } from '../grammar/define.ts'

export const generated = defineAnnotation({
  name: 'generated',
  on: ['field'],
  arguments: { sql: required(sql, 'The expression over other columns of the row.') },
  summary: 'A stored generated column: PostgreSQL computes it from the row, nobody writes it.',
  example: `model OrderItem {
  id       Int      @id
  price    Decimal  @db.Decimal(10, 2)
  quantity Int
  /// @generated("price * quantity")
  total    Decimal? @db.Decimal(12, 2)
}`,
  check(_given, { demanded, defaulted, name }) {
    if (defaulted) return { message: `\`${name}\` has a default, which a generated column cannot have` }
    if (!demanded) return undefined
    return {
      message: `Prisma would ask for \`${name}\` in every create: make it optional, or give it \`@default(dbgenerated())\``,
    }
  },
})
