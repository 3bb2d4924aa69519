/** Errors of test tools may quote statements and plans: what they show is test data. */
import { defineError } from '../core/errors.ts'
import { describeConnection, type OpenConnection } from './database/open-connection.ts'

export const noServer = defineError<object>({
  code: 'SUB_TEST_NO_SERVER',
  summary: 'createTestDatabase knows no PostgreSQL.',
  mend:
    "Pass `server`, or set SUBSTRATA_TEST_SERVER to a superuser's URL: usually in your runner's global set-up, from " +
    'startCluster().',
  message: () => 'There is no server to create a test database on.',
})

export const notYetCreated = defineError<object>({
  code: 'SUB_TEST_DATABASE_NOT_YET',
  summary: 'A property of the database of useTestDatabase was read before its beforeAll had run.',
  mend: 'Read it inside a hook or a test, not while the file is loaded.',
  message: () => 'The test database does not exist yet.',
})

export const connectionsLeaked = defineError<{ connections: readonly OpenConnection[] }>({
  code: 'SUB_CONNECTIONS_LEAKED',
  summary: 'Connections to a test database are still open after its tests.',
  mend: 'End the pool or the client ($disconnect, $close, end) before the database is dropped.',
  message: ({ connections }) =>
    `${connections.length} still connected:\n${connections.map(describeConnection).join('\n')}\n`,
})

export const cleanInProduction = defineError<object>({
  code: 'SUB_CLEAN_IN_PRODUCTION',
  summary: 'cleanDatabase was called where NODE_ENV is production.',
  mend: 'It empties every table: call it in tests only.',
  message: () => 'cleanDatabase refuses to run in production.',
})

export const cleanNotAllowed = defineError<{ role: string; tables: readonly string[] }>({
  code: 'SUB_CLEAN_NOT_ALLOWED',
  summary: 'The role may not truncate the tables.',
  mend: "Connect as the owner of the tables (a test database's ownerUrl).",
  message: ({ role, tables }) => `The role "${role}" may not empty ${listed(tables)}.`,
})

export const cleanBlocked = defineError<{ connections: readonly OpenConnection[] }>({
  code: 'SUB_CLEAN_BLOCKED',
  summary: 'Another session holds a table that was to be emptied, usually in a transaction left open.',
  mend: 'Finish the transaction before cleaning.',
  message: ({ connections }) =>
    `A table is in use. Connected are:\n${connections.map(describeConnection).join('\n')}\n`,
})

export const faultNotReached = defineError<object>({
  code: 'SUB_FAULT_NOT_REACHED',
  summary: 'A fault was lifted, or its proxy closed, before its message came by.',
  mend: "Check the point's direction, message and nth: the code under test never came there.",
  message: () => 'The fault did not happen.',
})

export const indexUnused = defineError<{ index: string; plan: string }>({
  code: 'SUB_PLAN_INDEX_UNUSED',
  summary: 'A plan does not use the index that a test expects.',
  mend: 'Check that the index exists and fits the statement, that the table has enough rows, and that it was analyzed.',
  message: ({ index, plan }) => `The plan does not use ${index}:\n${plan}\n`,
})

export const tableScanned = defineError<{ table: string; plan: string }>({
  code: 'SUB_PLAN_SCANS_TABLE',
  summary: 'A plan reads all rows of a table that a test expects to be reached through an index.',
  mend: 'Add the index that the filter needs, or write the filter so that an index fits.',
  message: ({ table, plan }) => `The plan scans ${table}:\n${plan}\n`,
})

export const tableNotInPlan = defineError<{ table: string; plan: string }>({
  code: 'SUB_PLAN_WITHOUT_TABLE',
  summary: 'A test asks how a plan reads a table that the plan does not read.',
  mend: 'Check the name; a partitioned table appears under the names of its partitions.',
  message: ({ table, plan }) => `${table} is not in the plan:\n${plan}\n`,
})

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ')
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown
}
