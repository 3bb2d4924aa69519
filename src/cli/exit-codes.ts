/** What the process ends with. Prisma's own CLI, under `substrata prisma`, keeps its own codes. */
export const exitCodes = {
  /** Done, and nothing is left to do. */
  ok: 0,
  /** It failed, or the answer is no: migrations are pending, a check found something. */
  failed: 1,
  /** The command line is wrong: an unknown command or option, a missing argument, a confirmation that was not given. */
  usage: 2,
} as const
