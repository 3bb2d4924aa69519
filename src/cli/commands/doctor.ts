import Table from 'cli-table3'
import { featureAnnotations } from '../../features/annotations.ts'
import { checkRowSecurity, type Finding } from '../../features/rls/index.ts'
import { withClient } from '../../pg/with-client.ts'
import { loadSchema } from '../../schema/index.ts'
import { type CommandDefinition, type ProjectOptions, projectFlags } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { loadProject } from '../project.ts'
import type { Terminal } from '../terminal.ts'

export const doctor: CommandDefinition<ProjectOptions> = {
  name: 'doctor',
  summary: 'what is wrong with this database and this schema, each with the statement that mends it',
  description:
    'Changes nothing. Connects as the application does, because what a role may do is asked of that role:\n' +
    'DATABASE_URL, else the URL of prisma.config.ts, else MIGRATE_DATABASE_URL. Ends with 1 where it finds an error.',
  examples: [
    ['substrata doctor', 'row-level security: what makes policies void, slow or meaningless'],
    ['substrata doctor --json', 'the same, for a program'],
  ],
  flags: projectFlags,
  async run(options, { terminal }) {
    const { applicationUrl, schemaPath } = await loadProject(options)
    const { schema } = loadSchema({ schemaPath, annotations: featureAnnotations })
    const found = await withClient(applicationUrl, (client) =>
      checkRowSecurity(async (sql) => (await client.query(sql)).rows, schema),
    )
    const findings = found.toSorted((a, b) => rank(a) - rank(b))
    const errors = findings.filter(({ severity }) => severity === 'error').length
    return {
      exitCode: errors === 0 ? exitCodes.ok : exitCodes.failed,
      json: { errors, warnings: findings.length - errors, findings },
      lines: findings.length === 0 ? [terminal.colors.green('Nothing is wrong.')] : describe(findings, terminal),
    }
  },
}

function rank({ severity }: Finding): number {
  return severity === 'error' ? 0 : 1
}

/** The table says what is wrong where; the statements stand below it, to be copied whole. */
function describe(findings: readonly Finding[], { colors }: Terminal): string[] {
  const table = new Table({
    head: ['', 'check', 'object', 'what is wrong'],
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [null, null, null, 60],
  })
  for (const { severity, check, object, message } of findings)
    table.push([severity === 'error' ? colors.red(severity) : colors.yellow(severity), check, object, message])
  return [table.toString(), '', ...new Set(findings.map(({ mend }) => `${mend};`))]
}
