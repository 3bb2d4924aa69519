import type { Client, Connection, Submittable } from 'pg'

export interface StatementColumn {
  readonly name: string
  /** The type's OID. */
  readonly type: number
  /** OID of the table and number of the column it comes from; 0 for an expression. */
  readonly table: number
  readonly column: number
}

export interface Statement {
  /** The types' OIDs, in order. */
  readonly parameters: readonly number[]
  readonly columns: readonly StatementColumn[]
}

interface FieldDescription {
  readonly name: string
  readonly dataTypeID: number
  readonly tableID: number
  readonly columnID: number
}

/**
 * Lets the server parse and describe a statement without running it: Parse, Describe, Sync.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
export function describeStatement(client: Client, text: string): Promise<Statement> {
  return new Promise((resolve, reject) => {
    let parameters: readonly number[] = []
    let columns: readonly StatementColumn[] = []
    const noted = ({ dataTypeIDs }: { dataTypeIDs: readonly number[] }) => {
      parameters = dataTypeIDs
    }
    let connection: Connection | undefined
    const done = () => connection?.removeListener('parameterDescription', noted)
    const description: Submittable & Record<string, unknown> = {
      submit(submitted: Connection) {
        connection = submitted
        submitted.on('parameterDescription', noted)
        submitted.parse({ name: '', text, types: [] }, true)
        submitted.describe({ type: 'S', name: '' }, true)
        submitted.sync()
      },
      handleRowDescription({ fields }: { fields: readonly FieldDescription[] }) {
        columns = fields.map(({ name, dataTypeID, tableID, columnID }) => ({
          name,
          type: dataTypeID,
          table: tableID,
          column: columnID,
        }))
      },
      handleError(error: Error) {
        done()
        reject(error)
      },
      handleReadyForQuery() {
        done()
        resolve({ parameters, columns })
      },
    }
    client.query(description)
  })
}
