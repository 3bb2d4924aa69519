// npm run --silent bench -- <suite> [--json] [--rounds N] [--quick]
import { isatty } from 'node:tty'
import { Command, InvalidArgumentError } from 'commander'
import pc from 'picocolors'
import { startCluster } from 'substrata/testing'
import { describeEnvironment } from './environment.ts'
import { startProgress } from './progress.ts'
import { caseReports, type Report, ratioReports } from './report.ts'
import { runCases } from './run.ts'
import { loadSuite, suiteFolder, suiteNames } from './suites.ts'
import { renderReport } from './table.ts'

interface Options {
  readonly json?: true
  readonly quick?: true
  readonly rounds?: number
}

const program: Command = new Command('npm run --silent bench --')
  .argument('[suite]', 'what to measure')
  .option('--json', 'print one JSON document and nothing else')
  .option('--rounds <number>', 'how often each case is measured (default: 5)', positiveInteger)
  .option('--quick', 'one short round: does it work?')
  .addHelpText('after', await suiteList())
  .showHelpAfterError()
  .action(async (name: string | undefined, options: Options) => {
    if (name === undefined) program.help()
    if (!suiteNames().includes(name)) program.error(`There is no suite "${name}".`)
    await bench(name, options)
  })

try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function suiteList(): Promise<string> {
  const lines = ['', 'Suites:']
  for (const name of suiteNames()) lines.push(`  ${name.padEnd(18)} ${(await loadSuite(name)).summary}`)
  return lines.join('\n')
}

function positiveInteger(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('It takes a number from 1 up.')
  return Number(text)
}

async function bench(name: string, options: Options): Promise<void> {
  const suite = await loadSuite(name)
  const run = { rounds: options.rounds ?? (options.quick ? 1 : 5), quick: options.quick ?? false }
  console.error(`${name}: starting PostgreSQL and preparing the database`)
  await using cluster = await startCluster({ ...suite.cluster })
  const server = { url: cluster.primary.url, standbyUrls: cluster.standbys.map(({ url }) => url) }
  const database = await suite.setup(server)
  const progress = startProgress(run.rounds, suite.cases.length)
  const runOptions = { ...run, folder: suiteFolder(name), onCase: progress.onCase }
  const runs = await runCases(suite.cases, database, runOptions).finally(progress.stop)
  const cases = caseReports(runs)
  const report: Report = {
    suite: name,
    environment: await describeEnvironment(server.url, run),
    cases,
    ratios: ratioReports(suite.ratios, cases),
  }
  const colour = isatty(1) && pc.isColorSupported
  console.log(options.json ? JSON.stringify(report, null, 2) : renderReport(report, colour))
}
