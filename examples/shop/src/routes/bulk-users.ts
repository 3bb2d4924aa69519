import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { type ErrorBody, errorBody, errorBodyOf } from '../http/error-handler.ts'
import { type Line, linesOf } from '../http/lines.ts'
import { checkerOf } from '../http/validation.ts'
import type { BulkOperationService, BulkUser } from '../services/bulk-operation-service.ts'
import { EmailAddress, strict, text } from './schemas.ts'

const NDJSON = 'application/x-ndjson'

/** Users of one statement. */
const BATCH = 1_000
/** Bytes of a line. */
const LONGEST_LINE = 16 * 1024

const BulkUserLine = strict({ email: EmailAddress, name: Type.Optional(text(200)) })

/** What is said of one line of the body. */
type Answer = { line: number; outcome: string } | ({ line: number } & ErrorBody)

export const bulkUserRoutes: FastifyPluginAsyncTypebox = async (app) => {
  // The body stays a stream: it may be larger than the memory.
  app.addContentTypeParser(NDJSON, (_request, body, done) => done(null, body))

  app.post(
    // Two colons are one: the path is /users:bulk.
    '/users::bulk',
    {
      bodyLimit: Number.MAX_SAFE_INTEGER,
      schema: {
        tags: ['users'],
        summary: 'Create or rename many users',
        description: `A user a line as ${NDJSON}. The answer, as long as it goes, has a line for each: \`inserted\`, \`updated\`, \`unchanged\`, \`duplicate\` (a later line has the same address), or an error. Read it while you send.`,
        consumes: [NDJSON],
        produces: [NDJSON],
      },
    },
    async ({ body, services }, reply) => {
      if (!(body instanceof Readable))
        return reply.code(415).send(errorBody('UNSUPPORTED_MEDIA_TYPE', `The body must be ${NDJSON}.`))
      return reply.type(NDJSON).send(Readable.from(written(answers(services.bulk, body))))
    },
  )
}

async function* written(answers: AsyncIterable<readonly Answer[]>): AsyncGenerator<string> {
  for await (const some of answers) yield some.map((answer) => `${JSON.stringify(answer)}\n`).join('')
}

/** Answers in the order of the lines. What keeps the database from answering ends them, in words of its own. */
async function* answers(bulk: BulkOperationService, body: Readable): AsyncGenerator<readonly Answer[]> {
  let batch: Line[] = []
  let last = 0
  try {
    for await (const line of linesOf(body, LONGEST_LINE)) {
      last = line.number
      batch.push(line)
      if (batch.length < BATCH) continue
      yield await answer(bulk, batch)
      batch = []
    }
    if (batch.length > 0) yield await answer(bulk, batch)
  } catch (error) {
    yield [{ line: last, ...errorBodyOf(error) }]
  }
}

const check = checkerOf(BulkUserLine)

async function answer(bulk: BulkOperationService, lines: readonly Line[]): Promise<Answer[]> {
  const read = lines.map(readLine)
  const users = read.filter((each): each is BulkUser => !('error' in each))
  const outcomes = await bulk.bulkUpsertUsers(users)
  let next = 0
  return read.map((each, i) => {
    const { number: line } = lines[i]!
    return 'error' in each ? { line, ...each } : { line, outcome: outcomes[next++]! }
  })
}

function readLine(line: Line): BulkUser | ErrorBody {
  if ('fault' in line) return errorBody('INVALID_REQUEST', line.fault)
  try {
    return check(JSON.parse(line.text))
  } catch (error) {
    return error instanceof SyntaxError
      ? errorBody('INVALID_REQUEST', 'The line is not valid JSON.')
      : errorBodyOf(error)
  }
}
