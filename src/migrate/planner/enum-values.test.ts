import { expect, it } from 'vitest'
import { separateEnumValues } from './enum-values.ts'

it('takes added values out, with the comments of Prisma on them', () => {
  const sql = `-- AlterEnum
-- This migration adds more than one value to an enum.


ALTER TYPE "Status" ADD VALUE 'DONE';
ALTER TYPE "Status" ADD VALUE 'it''s; LOST';

-- AlterTable
ALTER TABLE "items" DROP COLUMN "note";`
  expect(separateEnumValues(sql)).toEqual({
    values: `-- AlterEnum\nBEGIN;\nALTER TYPE "Status" ADD VALUE 'DONE';\nALTER TYPE "Status" ADD VALUE 'it''s; LOST';\nCOMMIT;`,
    rest: '-- AlterTable\nALTER TABLE "items" DROP COLUMN "note";',
  })
})

it('leaves an enum that is made anew where it is', () => {
  const sql = '-- AlterEnum\nBEGIN;\nCREATE TYPE "Status_new" AS ENUM (\'OPEN\');\nCOMMIT;'
  expect(separateEnumValues(sql)).toEqual({ values: '', rest: sql })
})
