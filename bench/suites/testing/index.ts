/** What a test suite pays for `substrata/testing`. */
import { createTestDatabase } from 'substrata/testing'
import type { Suite } from '../../harness/suite.ts'
import { TEN_TABLES } from './ten-tables.ts'

export const suite: Suite = {
  summary: 'what a test pays for a database of its own',
  // The first clone builds the template, which every case then finds.
  setup: ({ url }) => createTestDatabase({ migrations: TEN_TABLES, server: url }),
  cases: [{ name: 'clone of ten tables', module: 'clone', measure: { kind: 'duration', calls: 20 } }],
  ratios: [{ name: 'clone-ms', of: 'clone of ten tables', target: 25, better: 'lower' }],
}
