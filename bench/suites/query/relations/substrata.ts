import { equal } from 'node:assert/strict'
import { defineConfig, substrata } from 'substrata'
import type { BenchDatabase, CaseOptions, PreparedCase } from '../../../harness/suite.ts'
import { CONNECTIONS } from '../../peers/connections.ts'
import { type HubRow, hubClient, hubIds, hubSchema } from './hub.ts'

/** A read by id of the model named, with or without the relations. */
export async function prepare(
  { url }: BenchDatabase,
  { relations }: CaseOptions,
): Promise<PreparedCase<number, HubRow | null>> {
  const config = defineConfig({ url, environment: 'production', maxConnections: CONNECTIONS }, {})
  const db = await substrata(await hubClient(), { schema: await hubSchema(), config })
  const model = relations ? db.hub : db.alone
  return {
    input: hubIds(),
    run: async (id) => model.findFirst({ where: { id } }),
    check: (row, id) => equal(row?.name, `Row ${id}`),
    close: () => db.$close(),
  }
}
