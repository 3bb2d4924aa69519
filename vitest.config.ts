import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['substrata-source', ...defaultServerConditions] } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'examples/**/*.test.ts', 'bench/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores run two files at once; each file has a database of its own on the one cluster.
    maxWorkers: 2,
    pool: 'forks',
    // A condition that is waited for may take its time on a busy machine.
    expect: { poll: { timeout: 10_000, interval: 10 } },
  },
})
