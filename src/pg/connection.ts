import type pg from 'pg'
import { connectionLost, type Outcome, protocolFault, tooManyParameters } from './errors.ts'
import { createFrames } from './frames.ts'
import { createMessageReader, message, readError, readFields, readParameter, readRow, readTag } from './messages.ts'
import { createStatementCache } from './statement-cache.ts'
import type { Unit } from './unit.ts'
import { takeWire, type Wire } from './wire.ts'

const statementLimit = 256
const parameterLimit = 65_535

/** Statements that set the context: one per number of settings, so they have a cache that nothing evicts from. */
const settingLimit = 16

/**
 * One connection: `pg` opens it, then this takes over its wire. Units are written one behind the other and answered in
 * that order, each at its ReadyForQuery and never before, so that an error at commit (a deferred constraint) is an error.
 * After anything that the protocol does not allow here the connection is destroyed.
 *
 * @see https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-PIPELINING
 */
export class Connection {
  readonly id: number
  readonly node: string
  readonly client: pg.Client
  readonly openedAt = performance.now()
  /** What the server has reported about itself: `server_version`, `in_hot_standby`, … */
  readonly parameters = new Map<string, string>()
  /** Units written and not answered, in order. */
  readonly inFlight: Unit[] = []
  /** Statements are prepared once and kept under a name. */
  named = false
  /** Somebody else's statements run on the same backend between ours: a transaction pooler is in the way. */
  pooled = false
  /** Once a context was sent here, every statement sends one. */
  contextual = false
  /** When the unit at the head began to run, as far as can be seen from here. */
  headSince = 0
  /** Milliseconds of the shortest answer seen: what the way there and back costs. */
  distance = Number.POSITIVE_INFINITY
  lastUsed = performance.now()
  /** Of the last ReadyForQuery: idle, in a transaction, in a failed transaction. */
  status = 'I'
  lost: Error | undefined
  /** Called after each unit, when its caller has been told. */
  onSettled: ((unit: Unit) => void) | undefined
  /** Called once, when the connection is no more. */
  onLost: ((reason: Error) => void) | undefined

  private readonly wire: Wire
  private readonly frames = createFrames()
  private readonly statements = createStatementCache(statementLimit)
  private readonly setters = createStatementCache(settingLimit, 'sub_set_')
  private unsent: Unit[] = []
  private flushing = false
  private closing = false
  private lastWords: pg.DatabaseError | undefined

  constructor(id: number, node: string, client: pg.Client) {
    this.id = id
    this.node = node
    this.client = client
    this.wire = takeWire(
      client,
      createMessageReader((type, bytes, start, end) => this.receive(type, bytes, start, end)),
    )
    client.on('error', (error) => this.end(error))
    client.on('end', () => this.end(new Error('the server closed the connection')))
  }

  /** Writes a unit behind those in flight. It leaves with all that is submitted in the same turn of the event loop. */
  submit(unit: Unit): void {
    if (this.lost !== undefined) {
      unit.owner.settled(unit, this.lostError(unit, this.lost))
      return
    }
    const start = this.frames.length
    try {
      this.write(unit)
    } catch (error) {
      this.frames.truncate(start)
      for (const prepared of unit.parsing) if (prepared !== undefined) this.cacheOf(prepared).drop(prepared)
      unit.state = 'done'
      unit.owner.settled(unit, error instanceof Error ? error : new Error(String(error)))
      return
    }
    unit.state = 'written'
    this.inFlight.push(unit)
    this.unsent.push(unit)
    if (this.flushing) return
    this.flushing = true
    process.nextTick(flush, this)
  }

  /** @internal */
  flush(): void {
    this.flushing = false
    if (this.lost !== undefined) return
    const now = performance.now()
    for (const unit of this.unsent) {
      unit.sent = true
      unit.sentAt = now
    }
    if (this.unsent.length === this.inFlight.length) this.headSince = now
    this.unsent = []
    this.wire.write(this.frames.take())
  }

  /** Ends the session in order; the socket is closed by force if the server does not within `patience` milliseconds. */
  async close(patience = 1_000): Promise<void> {
    if (this.lost !== undefined) return
    this.closing = true
    const timer = setTimeout(() => this.wire.destroy(), patience)
    await this.client.end().finally(() => clearTimeout(timer))
  }

  /** Breaks it off: for a connection in an unknown state. */
  destroy(reason: Error): void {
    this.end(reason)
  }

  /** Gives the wire back to pg while `body` runs, for COPY, LISTEN and cursors. Nothing may be in flight. */
  async lend<T>(body: (client: pg.Client) => Promise<T>): Promise<T> {
    this.wire.release()
    try {
      return await body(this.client)
    } finally {
      this.status = transactionStatusOf(this.client)
      if (this.lost === undefined) this.wire.retake()
    }
  }

  private write(unit: Unit): void {
    const { frames } = this
    const { text, values } = unit.statement
    if (values.length > parameterLimit) throw tooManyParameters({ count: values.length })
    if (unit.simple) {
      frames.query(text)
      return
    }
    for (const name of this.statements.takeClosing()) frames.closeStatement(name)
    if (unit.before !== undefined) this.writeUnnamed(unit, unit.before)
    if (unit.settings !== undefined) this.writeSettings(unit, unit.settings)
    this.writeStatement(unit)
    frames.sync()
  }

  private writeUnnamed(unit: Unit, text: string): void {
    this.frames.parse('', text)
    unit.parsing.push(undefined)
    this.frames.bind('', [])
    this.frames.execute()
  }

  private writeSettings(unit: Unit, settings: NonNullable<Unit['settings']>): void {
    this.contextual = true
    const text = setterTexts[settings.length]!
    let setter = this.named ? this.setters.find(text) : undefined
    if (setter === undefined) {
      if (this.named) setter = this.setters.add(text)
      this.frames.parse(setter?.name ?? '', text)
      unit.parsing.push(setter)
    } else if (setter.state === 'asked') {
      setter = undefined
      this.frames.parse('', text)
      unit.parsing.push(undefined)
    }
    const values: string[] = []
    for (const [name, value] of settings) values.push(name, value)
    this.frames.bind(setter?.name ?? '', values)
    this.frames.execute()
  }

  /**
   * A named statement is parsed and described once. While that is not yet confirmed, others with the same text are sent
   * unnamed: they cannot know whether the name will be there.
   */
  private writeStatement(unit: Unit): void {
    const { frames, statements } = this
    const { text, values, reusable } = unit.statement
    const found = this.named && reusable !== false ? statements.find(text) : undefined
    if (found?.state === 'ready') {
      unit.prepared = found
      unit.fields = found.fields
    } else {
      const named = this.named && reusable !== false && found === undefined
      unit.prepared = named ? statements.add(text) : undefined
      frames.parse(unit.prepared?.name ?? '', text)
      unit.parsing.push(unit.prepared)
    }
    frames.bind(unit.prepared?.name ?? '', values)
    if (unit.fields === undefined) frames.describe('P', '')
    frames.execute()
  }

  private receive(type: number, bytes: Buffer, start: number, end: number): void {
    if (this.lost !== undefined) return
    const unit = this.inFlight[0]
    switch (type) {
      case message.dataRow:
        if (unit === undefined) {
          this.surprise('a row that nobody asked for')
          return
        }
        if (unit.ahead === 0) unit.rows.push(readRow(bytes, start))
        return
      case message.bindComplete:
      case message.closeComplete:
      case message.notice:
      case message.notification:
        return
      case message.commandComplete:
        if (unit === undefined) {
          this.surprise('the end of a command that nobody sent')
          return
        }
        this.completeCommand(unit, bytes, start, end)
        return
      case message.readyForQuery:
        this.status = String.fromCharCode(bytes[start]!)
        if (unit === undefined) {
          this.surprise('an answer that nobody waits for')
          return
        }
        this.finish(unit)
        return
      case message.parseComplete: {
        const prepared = unit?.parsing.shift()
        if (prepared?.state === 'asked') prepared.state = 'ready'
        return
      }
      case message.rowDescription:
        this.describe(unit, readFields(bytes, start))
        return
      case message.noData:
        this.describe(unit, [])
        return
      case message.emptyQuery:
        if (unit !== undefined) unit.completed = true
        return
      case message.error:
        this.fail(unit, readError(bytes, start, end))
        return
      case message.parameterStatus: {
        const [name, value] = readParameter(bytes, start, end)
        this.parameters.set(name, value)
        return
      }
      default:
        this.surprise(`a message of type 0x${type.toString(16)}`)
        return
    }
  }

  private completeCommand(unit: Unit, bytes: Buffer, start: number, end: number): void {
    if (unit.ahead > 0) {
      unit.ahead--
      return
    }
    const tag = readTag(bytes, start, end)
    unit.command = tag.command
    unit.count = tag.count
    unit.completed = true
  }

  private describe(unit: Unit | undefined, fields: Unit['fields']): void {
    if (unit === undefined || unit.simple) return
    unit.fields = fields
    if (unit.prepared !== undefined) unit.prepared.fields = fields
  }

  private fail(unit: Unit | undefined, error: pg.DatabaseError): void {
    // The server's last words belong to nobody's statement; the socket closes next.
    if (error.severity === 'FATAL' || error.severity === 'PANIC') {
      this.lastWords = error
      return
    }
    if (unit === undefined) {
      this.surprise('an error that belongs to no statement')
      return
    }
    unit.error ??= error
    for (const prepared of unit.parsing) if (prepared !== undefined) this.cacheOf(prepared).drop(prepared)
    unit.parsing.length = 0
    if (isStaleStatement(error)) this.forgetStatements(unit)
  }

  private forgetStatements(unit: Unit): void {
    if (unit.prepared !== undefined && unit.error?.code === '0A000') {
      this.statements.drop(unit.prepared)
      return
    }
    this.statements.clear()
    this.setters.clear()
  }

  private finish(unit: Unit): void {
    if (!unit.completed && unit.error === undefined && !unit.simple) {
      this.surprise('an answer without its end')
      return
    }
    this.inFlight.shift()
    const now = performance.now()
    const waited = unit.sentAt < this.headSince
    const taken = now - (waited ? this.headSince : unit.sentAt)
    if (!waited && taken < this.distance) this.distance = taken
    unit.serviceTime = waited ? taken : taken - this.distance
    this.headSince = now
    this.lastUsed = now
    unit.state = 'done'
    // An implicit transaction has ended here. If one is open all the same, what comes behind must not run in it.
    if (this.status !== 'I' && !unit.held)
      this.end(protocolFault({ node: this.node, fault: 'it left a transaction open' }))
    unit.owner.settled(unit, unit.error)
    this.onSettled?.(unit)
  }

  private surprise(fault: string): void {
    this.end(protocolFault({ node: this.node, fault }))
  }

  private end(reason: Error): void {
    if (this.lost !== undefined) return
    const cause = this.lastWords ?? reason
    this.lost = cause
    this.wire.destroy()
    const units = this.inFlight.splice(0)
    this.unsent = []
    for (const unit of units) {
      unit.state = 'done'
      unit.owner.settled(unit, unit.error ?? this.lostError(unit, cause))
    }
    this.onLost?.(this.closing ? new Error('closed') : cause)
  }

  private lostError(unit: Unit, cause: Error): Error {
    return connectionLost({ node: this.node, outcome: this.outcomeOf(unit) }, { cause })
  }

  /**
   * The server ends its session only between statements or in the midst of one, which is then rolled back; where it has
   * said so, what was not complete has not happened. A connection that just breaks tells nothing.
   */
  private outcomeOf(unit: Unit): Outcome {
    if (unit.held) return 'failed'
    if (!unit.sent) return 'never sent'
    return this.lastWords !== undefined && !unit.completed && unit.atomic ? 'failed' : 'unknown'
  }

  private cacheOf(prepared: NonNullable<Unit['prepared']>) {
    return this.setters.find(prepared.text) === prepared ? this.setters : this.statements
  }
}

function flush(connection: Connection): void {
  connection.flush()
}

function transactionStatusOf(client: pg.Client): string {
  const { getTransactionStatus } = client as { readonly getTransactionStatus?: () => string | null }
  return getTransactionStatus?.call(client) ?? 'I'
}

/** A named statement is gone (a pooler, DISCARD ALL) or its result has changed shape (DDL): parsing it anew helps. */
export function isStaleStatement(error: pg.DatabaseError): boolean {
  return error.code === '26000' || (error.code === '0A000' && error.routine === 'RevalidateCachedQuery')
}

/** By the number of settings. */
const setterTexts = Array.from({ length: settingLimit + 1 }, (_, count) => {
  const calls = Array.from({ length: count }, (_, i) => `set_config($${2 * i + 1},$${2 * i + 2},true)`)
  return `SELECT ${calls.join(',')}`
})
