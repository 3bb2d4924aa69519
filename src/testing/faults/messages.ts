/**
 * Where the messages of PostgreSQL's protocol 3 begin and end.
 *
 * @see https://www.postgresql.org/docs/current/protocol-message-formats.html
 */

const FRONTEND = {
  B: 'Bind',
  C: 'Close',
  c: 'CopyDone',
  D: 'Describe',
  d: 'CopyData',
  E: 'Execute',
  F: 'FunctionCall',
  f: 'CopyFail',
  H: 'Flush',
  P: 'Parse',
  p: 'Password',
  Q: 'Query',
  S: 'Sync',
  X: 'Terminate',
} as const

const BACKEND = {
  1: 'ParseComplete',
  2: 'BindComplete',
  3: 'CloseComplete',
  A: 'NotificationResponse',
  C: 'CommandComplete',
  c: 'CopyDone',
  D: 'DataRow',
  d: 'CopyData',
  E: 'ErrorResponse',
  G: 'CopyInResponse',
  H: 'CopyOutResponse',
  I: 'EmptyQueryResponse',
  K: 'BackendKeyData',
  N: 'NoticeResponse',
  n: 'NoData',
  R: 'Authentication',
  S: 'ParameterStatus',
  s: 'PortalSuspended',
  T: 'RowDescription',
  t: 'ParameterDescription',
  V: 'FunctionCallResponse',
  v: 'NegotiateProtocolVersion',
  W: 'CopyBothResponse',
  Z: 'ReadyForQuery',
} as const

/** The first message of a connection has no type byte; its code tells what it is. */
const OPENING: Readonly<Record<number, OpeningMessage>> = {
  80877102: 'CancelRequest',
  80877103: 'SSLRequest',
  80877104: 'GSSENCRequest',
}

type OpeningMessage = 'StartupMessage' | 'CancelRequest' | 'SSLRequest' | 'GSSENCRequest'

/** What a client sends. */
export type FrontendMessage = OpeningMessage | (typeof FRONTEND)[keyof typeof FRONTEND]
/** What the server sends. */
export type BackendMessage = (typeof BACKEND)[keyof typeof BACKEND]

export interface Message {
  /** A name of {@link FrontendMessage} or {@link BackendMessage}; the bare type byte where there is none. */
  readonly name: string
  /** All of it, with type and length. */
  readonly bytes: Buffer
}

/** Takes chunks as they arrive and gives the messages that are complete. */
export type Splitter = (chunk: Buffer) => Message[]

/** For what a client sends: untyped up to its StartupMessage. */
export function splitFrontend(): Splitter {
  let opened = false
  return splitter((pending) => {
    if (opened) return typedMessage(pending, FRONTEND)
    const length = pending.length < 4 ? undefined : pending.readInt32BE(0)
    if (length === undefined || pending.length < length) return undefined
    const name = OPENING[pending.readInt32BE(4)] ?? 'StartupMessage'
    opened = name === 'StartupMessage'
    return { name, bytes: pending.subarray(0, length) }
  })
}

/** For what the server sends. */
export function splitBackend(): Splitter {
  return splitter((pending) => typedMessage(pending, BACKEND))
}

function typedMessage(pending: Buffer, names: Readonly<Record<string, string>>): Message | undefined {
  if (pending.length < 5) return undefined
  const length = 1 + pending.readInt32BE(1)
  if (pending.length < length) return undefined
  const type = String.fromCharCode(pending[0]!)
  return { name: names[type] ?? type, bytes: pending.subarray(0, length) }
}

function splitter(next: (pending: Buffer) => Message | undefined): Splitter {
  let chunks: Buffer[] = []
  return (chunk) => {
    chunks.push(chunk)
    let pending = Buffer.concat(chunks)
    const messages: Message[] = []
    for (let message = next(pending); message !== undefined; message = next(pending)) {
      messages.push(message)
      pending = pending.subarray(message.bytes.length)
    }
    chunks = pending.length > 0 ? [pending] : []
    return messages
  }
}
