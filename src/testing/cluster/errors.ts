import { defineError } from '../../core/errors.ts'

export const noBinaries = defineError<{ platform: string }>({
  code: 'SUB_CLUSTER_NO_BINARIES',
  summary: 'npm has no PostgreSQL for this platform, or the package could not be installed.',
  mend: 'Use a PostgreSQL of your own and pass its URL (DATABASE_URL, or SUBSTRATA_TEST_SERVER for tests).',
  message: ({ platform }) => `There is no PostgreSQL to start on ${platform}.`,
})

export const startFailed = defineError<{ name: string; log: string }>({
  code: 'SUB_CLUSTER_START_FAILED',
  summary: 'PostgreSQL ended before it took connections.',
  mend: "The server's last words are above; mend what they name.",
  message: ({ name, log }) => `PostgreSQL (${name}) did not start:\n${log.trim()}\n`,
})

export const keeperLost = defineError<object>({
  code: 'SUB_CLUSTER_KEEPER_LOST',
  summary: 'The process that keeps the cluster ended from outside.',
  mend: 'Start the cluster again.',
  message: () => 'The keeper of this cluster has ended and its servers with it.',
})
