import Table from 'cli-table3'
import { createColors } from 'picocolors'
import { type RatioReport, type Report, reached } from './report.ts'

/** The report for a reader. */
export function renderReport(report: Report, colour: boolean): string {
  const paint = createColors(colour)
  const { environment } = report
  const lines = [
    `${paint.bold(report.suite)}  ${environment.date}`,
    `${environment.cpu} × ${environment.cores}, ${environment.memory}, ${environment.platform}`,
    `Node ${environment.node}, PostgreSQL ${environment.postgres}, rounds: ${environment.rounds}`,
    ...(environment.quick ? [paint.yellow('Measured with --quick: too short to quote.')] : []),
    '',
    casesTable(report),
  ]
  if (report.ratios.length > 0) lines.push('', ratiosTable(report.ratios, paint))
  return lines.join('\n')
}

function casesTable({ cases }: Report): string {
  const table = plainTable(['case', 'median', 'min', 'max', 'unit'], ['left', 'right', 'right', 'right', 'left'])
  for (const { name, median, min, max, unit } of cases)
    table.push([name, ...[median, min, max].map((value) => value.toLocaleString('en')), unit])
  return table.toString()
}

function ratiosTable(ratios: readonly RatioReport[], paint: ReturnType<typeof createColors>): string {
  const table = plainTable(['ratio', 'value', 'target', ''], ['left', 'right', 'right', 'left'])
  for (const ratio of ratios) {
    const met = reached(ratio)
    const verdict = met === undefined ? '' : met ? paint.green('reached') : paint.yellow('missed')
    const target = ratio.target === null ? '' : `${ratio.better === 'higher' ? '≥' : '≤'} ${ratio.target}`
    table.push([ratio.name, ratio.value.toLocaleString('en'), target, verdict])
  }
  return table.toString()
}

function plainTable(head: string[], colAligns: ('left' | 'right')[]) {
  // cli-table3 paints its head red unless told not to.
  return new Table({ head, colAligns, style: { head: [], border: [], compact: true } })
}
