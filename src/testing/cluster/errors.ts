import { defineError } from '../../core/errors.ts'

export const unknownVersion = defineError<{ version: string }>({
  code: 'SUB_CLUSTER_UNKNOWN_VERSION',
  summary: 'A PostgreSQL version was asked for that startCluster() does not know.',
  mend: 'Take 15, 16, 17 or 18, in `version` or in SUBSTRATA_TEST_PG.',
  message: ({ version }) => `startCluster() knows no PostgreSQL "${version}".`,
})

export const noBinaries = defineError<{ platform: string }>({
  code: 'SUB_CLUSTER_NO_BINARIES',
  summary: 'npm has no PostgreSQL for this platform.',
  mend: 'Run a PostgreSQL of your own and pass its URL: DATABASE_URL for an application, SUBSTRATA_TEST_SERVER for tests.',
  message: ({ platform }) => `npm has no PostgreSQL for ${platform}.`,
})

export const installFailed = defineError<{ name: string; output: string }>({
  code: 'SUB_CLUSTER_INSTALL_FAILED',
  summary: 'npm could not install the PostgreSQL package.',
  mend: 'Mend what npm names above, or add the package to your devDependencies and install it yourself.',
  message: ({ name, output }) => `npm could not install ${name}:\n${output.trim()}\n`,
})

export const unusableBinaries = defineError<{ folder: string; output: string }>({
  code: 'SUB_CLUSTER_UNUSABLE_BINARIES',
  summary: 'The PostgreSQL from npm does not run on this system.',
  mend: 'It needs glibc (not musl, as on Alpine) and a file system that allows programs to run; else use a PostgreSQL of your own by its URL.',
  message: ({ folder, output }) => `The PostgreSQL in ${folder} does not run:\n${output.trim()}\n`,
})

export const noFolder = defineError<{ candidates: readonly string[] }>({
  code: 'SUB_CLUSTER_NO_FOLDER',
  summary: 'There is no folder that the user who runs PostgreSQL can reach.',
  mend: 'Make one of them writable and let others pass through the folders above it.',
  message: ({ candidates }) => `None of these folders can hold the cluster: ${candidates.join(', ')}.`,
})

export const directoryInUse = defineError<{ directory: string; pid: number }>({
  code: 'SUB_CLUSTER_IN_USE',
  summary:
    "Another process runs a cluster in this directory, or the directory's last cluster does not come to its end.",
  mend: 'Stop that process, or start with another directory.',
  message: ({ directory, pid }) => `The cluster in ${directory} is in use by process ${pid}.`,
})

export const versionMismatch = defineError<{ directory: string; found: string; wanted: number }>({
  code: 'SUB_CLUSTER_VERSION_MISMATCH',
  summary: 'The directory was written by another major version of PostgreSQL.',
  mend: 'Start with that `version`, or remove the directory to begin anew; pg_dump and pg_restore carry data across.',
  message: ({ directory, found, wanted }) =>
    `The data in ${directory} belongs to PostgreSQL ${found}; PostgreSQL ${wanted} cannot read it.`,
})

export const notACluster = defineError<{ directory: string }>({
  code: 'SUB_CLUSTER_NOT_A_CLUSTER',
  summary: 'The directory holds something, and it is not a cluster.',
  mend: 'Start with an empty directory, or one that does not exist yet.',
  message: ({ directory }) => `${directory} holds files that no cluster wrote.`,
})

export const portTaken = defineError<{ port: number }>({
  code: 'SUB_CLUSTER_PORT_TAKEN',
  summary: 'The port that was asked for is in use.',
  mend: 'Take another `port`, or none to get a free one.',
  message: ({ port }) => `Port ${port} of 127.0.0.1 is in use.`,
})

export const startFailed = defineError<{ name: string; output: string }>({
  code: 'SUB_CLUSTER_START_FAILED',
  summary: 'PostgreSQL ended before it took connections.',
  mend: "Mend what the server's last words above name.",
  message: ({ name, output }) => `PostgreSQL (${name}) did not start:\n${output.trim()}\n`,
})

export const notAStandby = defineError<{ name: string; operation: string }>({
  code: 'SUB_CLUSTER_NOT_A_STANDBY',
  summary: 'An operation on replay was called on a node that replays nothing.',
  mend: 'Call it on one of `cluster.standbys` that has not been promoted.',
  message: ({ name, operation }) => `${operation}() needs a standby; ${name} is not in recovery.`,
})

export const stateNotReached = defineError<{ name: string; state: string }>({
  code: 'SUB_CLUSTER_STATE_NOT_REACHED',
  summary: 'A node did not get into the wanted state within a minute.',
  mend: "Look into the node's log in the cluster's directory.",
  message: ({ name, state }) => `${name} is not ${state} after a minute.`,
})

export const clusterEnded = defineError<object>({
  code: 'SUB_CLUSTER_ENDED',
  summary:
    'A node was used after its cluster had ended: by stop(), or because somebody killed its keeper, which ends the servers too.',
  mend: 'Start the cluster again.',
  message: () => 'This cluster has ended.',
})
