import { ColumnTypeEnum, type SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import { prismaFault } from './prisma-fault.ts'

/**
 * The engine asks once for the server's version, even to compare two schema files. This adapter answers that question and
 * refuses everything else, so that such a comparison needs no database.
 */
export function offlineAdapter(): SqlDriverAdapter {
  const refuse = async (): Promise<never> => {
    throw prismaFault('P1001', 'This needs a database, and no connection URL is given.')
  }
  return {
    provider: 'postgres',
    adapterName: 'substrata-offline',
    async queryRaw({ sql }) {
      if (!sql.includes('server_version_num')) return refuse()
      return {
        columnNames: ['exists', 'version', 'numeric_version'],
        columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
        rows: [[true, 'PostgreSQL 15.0', 150000]],
      }
    },
    executeRaw: refuse,
    executeScript: refuse,
    startTransaction: refuse,
    getConnectionInfo: () => ({ schemaName: 'public', supportsRelationJoins: true }),
    dispose: async () => {},
  }
}
