/** What comments in a `.sql` file of TypedSQL say of one parameter. */
export interface DocumentedParameter {
  readonly name: string | undefined
  readonly type: string | undefined
  readonly nullable: boolean
  readonly text: string | null
}

export interface Documentation {
  readonly text: string | null
  /** By number, from 1. */
  readonly parameters: ReadonlyMap<number, DocumentedParameter>
}

const types: Readonly<Record<string, string>> = {
  int: 'int',
  bigint: 'bigint',
  float: 'double',
  double: 'double',
  decimal: 'decimal',
  boolean: 'bool',
  bool: 'bool',
  string: 'string',
  datetime: 'datetime',
  json: 'json',
  bytes: 'bytes',
  uuid: 'uuid',
}

const parameterPattern =
  /^@param\s+(?:\{\s*(?<type>\w+)\s*(?<list>\[\])?\s*(?<nullable>\?)?\s*\}\s*)?\$(?<number>\d+)(?::(?<name>\w+))?(?<optional>\?)?\s*(?<text>.*)$/

/**
 * Reads the comments that precede the statement.
 *
 * @see https://www.prisma.io/docs/orm/prisma-client/using-raw-sql/typedsql#argument-types-in-your-sql-files
 */
export function parseDocumentation(source: string): Documentation {
  const text: string[] = []
  const parameters = new Map<number, DocumentedParameter>()
  for (const line of commentLines(source)) {
    const found = parameterPattern.exec(line)?.groups
    if (found === undefined) {
      text.push(line)
      continue
    }
    const type = found.type === undefined ? undefined : (types[found.type.toLowerCase()] ?? found.type)
    parameters.set(Number(found.number), {
      name: found.name,
      type: type === undefined || found.list === undefined ? type : `${type}-array`,
      nullable: found.nullable !== undefined || found.optional !== undefined,
      text: found.text === '' ? null : (found.text ?? null),
    })
  }
  return { text: text.join('\n').trim() || null, parameters }
}

function commentLines(source: string): string[] {
  const comments = source.matchAll(/^\s*--(?<line>.*)$|^\s*\/\*(?<block>[\s\S]*?)\*\//gm)
  return [...comments].flatMap(({ groups = {} }) =>
    (groups.line ?? groups.block ?? '').split('\n').map((line) => line.replace(/^\s*\*?\s*/, '').trimEnd()),
  )
}
