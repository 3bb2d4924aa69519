import type { CommandDefinition } from '../command.ts'
import { doctor } from './doctor.ts'
import { generate } from './generate.ts'
import { importRows } from './import.ts'
import { migrateDeploy } from './migrate-deploy.ts'
import { migrateDev } from './migrate-dev.ts'
import { migrateReset } from './migrate-reset.ts'
import { migrateStatus } from './migrate-status.ts'
import { prisma } from './prisma.ts'

/** Every command, in the order in which help lists them. */
export const commands: readonly CommandDefinition[] = [
  generate,
  migrateDev,
  migrateDeploy,
  migrateStatus,
  migrateReset,
  importRows,
  doctor,
  prisma,
]

/** What a word before several commands stands for. */
export const groups: Readonly<Record<string, string>> = {
  migrate: 'migrations: write, apply, compare, start over',
}
