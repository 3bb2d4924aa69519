/** What the annotated schema costs at development time. */
import { createTestDatabase } from 'substrata/testing'
import type { Suite } from '../../harness/suite.ts'

export const suite: Suite = {
  summary: 'what the annotated schema adds to prisma generate, and migrate dev on a long history',
  setup: ({ url }) => createTestDatabase({ server: url }),
  cases: [
    {
      name: 'generator, 300 models',
      module: 'generate',
      options: { models: 300 },
      measure: { kind: 'duration', calls: 5 },
    },
    {
      name: 'migrate dev, nothing changed, 200 migrations',
      module: 'migrate-dev',
      options: { migrations: 200 },
      measure: { kind: 'duration', calls: 5 },
    },
  ],
  ratios: [
    { name: 'generate-ms', of: 'generator, 300 models', target: 1500, better: 'lower' },
    {
      name: 'migrate-dev-noop-ms',
      of: 'migrate dev, nothing changed, 200 migrations',
      target: 3000,
      better: 'lower',
    },
  ],
}
