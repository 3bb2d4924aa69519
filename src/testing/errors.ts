import { defineError } from '../core/errors.ts'

export const noServer = defineError<object>({
  code: 'SUB_TEST_NO_SERVER',
  summary: 'createTestDatabase knows no PostgreSQL.',
  mend:
    "Pass `server`, or set SUBSTRATA_TEST_SERVER to a superuser's URL: usually in your runner's global set-up, from " +
    'startCluster().',
  message: () => 'There is no server to create a test database on.',
})
