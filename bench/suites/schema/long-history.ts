import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Writes a Prisma project of so many migrations, two for each model: its table, and a column and an index more. The schema says
 * more than they make: an annotated index and a check on each model.
 */
export async function writeLongHistory(folder: string, migrations: number): Promise<void> {
  const models = Array.from({ length: migrations / 2 }, (_, index) => index)
  await mkdir(join(folder, 'prisma', 'migrations'), { recursive: true })
  await writeFile(join(folder, 'prisma', 'migrations', 'migration_lock.toml'), 'provider = "postgresql"\n')
  await writeFile(join(folder, 'prisma', 'schema.prisma'), [head, ...models.map(model)].join('\n'))
  for (const index of models) {
    await writeMigration(folder, 2 * index, createTable(index))
    await writeMigration(folder, 2 * index + 1, addColumn(index))
  }
}

async function writeMigration(folder: string, number: number, sql: string): Promise<void> {
  const name = `2020${String(number).padStart(10, '0')}_step`
  await mkdir(join(folder, 'prisma', 'migrations', name))
  await writeFile(join(folder, 'prisma', 'migrations', name, 'migration.sql'), sql)
}

const head = `datasource db {
  provider = "postgresql"
}
`

const model = (index: number) => `/// @index.partial("deleted_at IS NULL", fields: [email])
/// @check("model_${index}s_amount", "amount > 0")
model Model${index} {
  id        Int       @id @default(autoincrement())
  email     String    @unique
  amount    Int       @default(1)
  deletedAt DateTime? @map("deleted_at")

  @@index([amount])
  @@map("model_${index}s")
}
`

const createTable = (index: number) => `CREATE TABLE "model_${index}s" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "deleted_at" TIMESTAMP(3),

    CONSTRAINT "model_${index}s_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "model_${index}s_email_key" ON "model_${index}s"("email");
`

const addColumn = (index: number) => `ALTER TABLE "model_${index}s" ADD COLUMN "amount" INTEGER NOT NULL DEFAULT 1;
CREATE INDEX "model_${index}s_amount_idx" ON "model_${index}s"("amount");
`
