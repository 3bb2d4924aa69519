/** What the annotated schema costs at development time. */
import { createTestDatabase } from 'substrata/testing'
import type { Suite } from '../../harness/suite.ts'

export const suite: Suite = {
  summary: 'what the annotated schema adds to prisma generate',
  setup: ({ url }) => createTestDatabase({ server: url }),
  cases: [
    {
      name: 'generator, 300 models',
      module: 'generate',
      options: { models: 300 },
      measure: { kind: 'duration', calls: 5 },
    },
  ],
  ratios: [{ name: 'generate-ms', of: 'generator, 300 models', target: 1500, better: 'lower' }],
}
