import { defaultServerConditions } from 'vite'
import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['substrata-source', ...defaultServerConditions] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts', 'bench/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores run two files at once; each file has a database of its own on the one cluster.
    maxWorkers: 2,
    // What costs much and fails seldom runs in CI and under `npm test -- --full`.
    exclude: [
      ...configDefaults.exclude,
      ...(process.env.SUBSTRATA_TEST_ROUNDS === 'full'
        ? []
        : [
            'test/migrate/{command,dependents,history,renames}.test.ts',
            'src/testing/cluster/{binaries,directory}.test.ts',
            'examples/shop/prisma/doctor.test.ts',
            'test/migrate/round-trip.test.ts',
            'test/client/adapter-types.test.ts',
            'test/prisma-cli/{agreement,database,offline}.test.ts',
            'test/start/database-url.test.ts',
            'bench/harness/main.test.ts',
            'test/client/faults.test.ts',
          ]),
    ],
    pool: 'forks',
    // A condition that is waited for may take its time on a busy machine.
    expect: { poll: { timeout: 10_000, interval: 10 } },
  },
})
