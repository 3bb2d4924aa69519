/** A schema of so many models as large applications have them: mapped, indexed, annotated, each related to the one before. */
export function manyModels(count: number): string {
  const enums = Array.from({ length: 30 }, (_, index) => `enum Status${index} {\n  OPEN\n  DONE @map("done")\n}\n`)
  const models = Array.from({ length: count }, (_, index) => model(index, count))
  return [head, ...enums, ...models].join('\n')
}

const head = `datasource db {
  provider = "postgresql"
}
`

function model(index: number, count: number): string {
  const before = `  parentId  String @map("parent_id")\n  parent    Model${index - 1} @relation(fields: [parentId], references: [id])\n`
  const after = `  children  Model${index + 1}[]\n`
  return `/// One of many.
/// @index.partial("deleted_at IS NULL", fields: [email, name])
/// @check("model_${index}_amount_positive", sql: "amount > 0")
model Model${index} {
  id        String    @id @default(cuid())
  email     String    @unique @db.VarChar(255)
  name      String
  slug      String    /// Part of its address.
  title     String
  content   String?
  city      String?
  amount    Int       @default(1)
  rank      Int       @default(0)
  price     Decimal   @db.Decimal(10, 2)
  tags      String[]
  data      Json?
  status    Status${index % 30} @default(OPEN)
  createdAt DateTime  @default(now()) @map("created_at") @db.Timestamptz(6)
  updatedAt DateTime  @updatedAt @map("updated_at")
  deletedAt DateTime? @map("deleted_at")
${index > 0 ? before : ''}${index < count - 1 ? after : ''}
  @@unique([name, slug])
  @@index([createdAt(sort: Desc), id])
  @@index([status])
  @@map("model_${index}s")
}
`
}
