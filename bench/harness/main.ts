// npm run bench -- <suite> [--json] [--rounds N] [--quick]
import { isatty } from 'node:tty'
import { parseArgs } from 'node:util'
import pc from 'picocolors'
import { startCluster } from 'substrata/testing'
import { describeEnvironment } from './environment.ts'
import { startProgress } from './progress.ts'
import { caseReports, type Report, ratioReports } from './report.ts'
import { runCases } from './run.ts'
import { loadSuite, suiteFolder, suiteNames } from './suites.ts'
import { renderReport } from './table.ts'

const USAGE = 'npm run --silent bench -- <suite> [--json] [--rounds N] [--quick]'

const { values, positionals } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
  allowPositionals: true,
})
const rounds = Number(values.rounds ?? (values.quick ? 1 : 5))
const [name] = positionals
if (name === undefined || values.help) await listSuites(console.log)
else if (!suiteNames().includes(name)) await refuse(`There is no suite "${name}".`)
else if (!Number.isInteger(rounds) || rounds < 1)
  await refuse(`--rounds takes a number from 1 up; got ${values.rounds}.`)
else await bench(name).catch(fail)

async function listSuites(print: (line: string) => void): Promise<void> {
  print(`${USAGE}\n\nSuites:`)
  for (const suite of suiteNames()) print(`  ${suite.padEnd(12)}${(await loadSuite(suite)).summary}`)
}

async function refuse(fault: string): Promise<void> {
  console.error(`${fault}\n`)
  await listSuites(console.error)
  process.exitCode = 2
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function bench(name: string): Promise<void> {
  const suite = await loadSuite(name)
  console.error(`${name}: starting PostgreSQL and preparing the database`)
  await using cluster = await startCluster({ ...suite.cluster })
  const server = { url: cluster.primary.url, standbyUrls: cluster.standbys.map(({ url }) => url) }
  const database = await suite.setup(server)
  const run = { rounds, quick: values.quick }
  const progress = startProgress(rounds, suite.cases.length)
  const options = { ...run, folder: suiteFolder(name), onCase: progress.onCase }
  const runs = await runCases(suite.cases, database, options).finally(progress.stop)
  const cases = caseReports(runs)
  const report: Report = {
    suite: name,
    environment: await describeEnvironment(server.url, run),
    cases,
    ratios: ratioReports(suite.ratios, cases),
  }
  const colour = isatty(1) && pc.isColorSupported
  console.log(values.json ? JSON.stringify(report, null, 2) : renderReport(report, colour))
}
