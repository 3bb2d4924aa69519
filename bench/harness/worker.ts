// The process of one case in one round: prepares it, measures it, sends the figures, ends.
import { JOB_VARIABLE, type Job, type JobResult } from './job.ts'
import { measure } from './measure.ts'
import type { CaseModule } from './suite.ts'

const job = JSON.parse(process.env[JOB_VARIABLE] ?? '') as Job
const { prepare } = (await import(job.module)) as CaseModule
const prepared = await prepare(job.database, job.options)
let result: JobResult
try {
  result = { figures: await measure(prepared, job.measure) }
} finally {
  await prepared.close()
}
// A library that keeps a timer or a socket must not keep the process.
process.send?.(result, () => process.exit())
