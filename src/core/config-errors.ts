import { defineError } from './errors.ts'

export const configInvalid = defineError<{ faults: readonly string[] }>({
  code: 'SUB_CONFIG_INVALID',
  summary: 'The configuration has faults; all of them are listed.',
  mend: 'Correct them in the call of defineConfig() or in the environment.',
  message: ({ faults }) =>
    `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}\n`,
})
