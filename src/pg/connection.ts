import type pg from 'pg'
import { connectionLost, isStaleStatement, type Outcome, protocolFault } from './errors.ts'
import { createMessageReader, message, readError, readFields, readParameter, readRow } from './messages.ts'
import type { Unit } from './unit.ts'
import { completeCommand, describe } from './unit-reader.ts'
import { createUnitWriter } from './unit-writer.ts'
import { takeWire, type Wire } from './wire.ts'

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
  /** Code that is not ours may have run in the session since it was started, or since its context was cleared. */
  touched = false
  /** When the unit at the head began to run, as far as can be seen from here. */
  headSince = 0
  /** Milliseconds of the shortest answer seen: what the way there and back costs. */
  distance = Number.POSITIVE_INFINITY
  /** When the server last answered. */
  lastHeard = performance.now()
  /** When it last served a caller; kept by whoever lends it. */
  lastUsed = performance.now()
  /** Of the last ReadyForQuery: idle, in a transaction, in a failed transaction. */
  status = 'I'
  lost: Error | undefined
  /** Called after each unit, when its caller has been told. */
  onSettled: ((unit: Unit) => void) | undefined
  /** Called once, when the connection is no more. */
  onLost: ((reason: Error) => void) | undefined

  private readonly wire: Wire
  private readonly writer = createUnitWriter()
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
    client.on('error', (error) => this.lose(error))
    client.on('end', () => this.lose(new Error('the server closed the connection')))
  }

  /** Writes a unit behind those in flight. It leaves with all that is submitted in the same turn of the event loop. */
  submit(unit: Unit): void {
    if (this.lost !== undefined) {
      unit.owner.settled(unit, this.lostError(unit, this.lost))
      return
    }
    try {
      this.writer.write(unit, this.named)
    } catch (error) {
      unit.state = 'done'
      unit.owner.settled(unit, error instanceof Error ? error : new Error(String(error)))
      return
    }
    if (unit.settings !== undefined) this.contextual = true
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
    this.wire.write(this.writer.take())
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
    this.lose(reason)
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

  private receive(type: number, bytes: Buffer, start: number, end: number): void {
    if (this.lost !== undefined) return
    const unit = this.inFlight[0]
    switch (type) {
      case message.dataRow:
        if (unit === undefined) this.surprise('a row that nobody asked for')
        else if (unit.ahead === 0 && !unit.completed) unit.rows.push(readRow(bytes, start))
        return
      case message.bindComplete:
      case message.closeComplete:
      case message.notice:
      case message.notification:
        return
      case message.commandComplete:
        if (unit === undefined) this.surprise('the end of a command that nobody sent')
        else completeCommand(unit, bytes, start, end)
        return
      case message.readyForQuery:
        this.status = String.fromCharCode(bytes[start]!)
        if (unit === undefined) this.surprise('an answer that nobody waits for')
        else this.finish(unit)
        return
      case message.parseComplete:
        if (unit !== undefined) this.writer.parsed(unit)
        return
      case message.rowDescription:
        if (unit !== undefined) describe(unit, readFields(bytes, start))
        return
      case message.noData:
        if (unit !== undefined) describe(unit, [])
        return
      case message.copyIn:
        if (unit?.statement.copy === undefined) this.surprise('a COPY without data')
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
    this.writer.abandon(unit)
    if (!isStaleStatement(error)) return
    if (error.code === '0A000') this.writer.renew(unit)
    else this.writer.forget()
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
    this.lastHeard = now
    unit.state = 'done'
    // An implicit transaction has ended here. If one is open all the same, what comes behind must not run in it.
    if (this.status !== 'I' && !unit.held && !unit.simple)
      this.lose(protocolFault({ node: this.node, fault: 'it left a transaction open' }))
    unit.owner.settled(unit, unit.error)
    this.onSettled?.(unit)
  }

  private surprise(fault: string): void {
    this.lose(protocolFault({ node: this.node, fault }))
  }

  private lose(reason: Error): void {
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
}

function flush(connection: Connection): void {
  connection.flush()
}

function transactionStatusOf(client: pg.Client): string {
  const { getTransactionStatus } = client as { readonly getTransactionStatus?: () => string | null }
  return getTransactionStatus?.call(client) ?? 'I'
}
