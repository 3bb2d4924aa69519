// The process of one case in one round: prepares it, measures it, sends the figures, ends.
import { JOB_VARIABLE, type Job, type JobResult } from './job.ts'
import { measure } from './measure.ts'
import type { CaseModule } from './suite.ts'

const job = JSON.parse(process.env[JOB_VARIABLE] ?? '') as Job
const { prepare } = (await import(job.module)) as CaseModule
const prepared = await prepare(job.database, job.options)
try {
  const result: JobResult = { figures: await measure(prepared, job.measure) }
  process.send?.(result)
} finally {
  await prepared.close()
}
// Otherwise a library that keeps a timer would keep the process.
process.disconnect()
