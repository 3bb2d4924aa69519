// zz-bench.mts
import pg from "pg";
import { readFileSync as readFileSync2 } from "node:fs";

// src/core/errors.ts
var brand = /* @__PURE__ */ Symbol.for("substrata.error");
var SubstrataError = class extends Error {
  name = "SubstrataError";
  /** Stable across releases; documented in `docs/reference/errors.md`. */
  code;
  /** What a program needs to act on the error. Holds no secret and no row value. */
  details;
  constructor(code2, message2, details, options) {
    super(message2, options);
    this.code = code2;
    this.details = Object.freeze({ ...details });
    Object.defineProperty(this, brand, { value: true });
  }
};
function isSubstrataError(error, code2) {
  return typeof error === "object" && error !== null && error[brand] === true && (code2 === void 0 || error.code === code2);
}
var definitions = /* @__PURE__ */ new Map();
function defineError(definition) {
  const { code: code2, summary, mend, message: message2 } = definition;
  if (definitions.has(code2)) throw new Error(`error code ${code2} is defined twice`);
  definitions.set(code2, { code: code2, summary, mend });
  return (details, options) => new SubstrataError(code2, `${message2(details)} ${mend}`, details, options);
}

// src/pg/unit.ts
function createUnit(input) {
  return {
    statement: input.statement,
    settings: input.settings,
    before: input.before,
    held: input.held ?? false,
    atomic: input.atomic ?? true,
    simple: input.simple ?? false,
    state: "waiting",
    sent: false,
    sentAt: 0,
    serviceTime: 0,
    // A script has no statement of its own: all its results are passed over.
    ahead: input.simple ? Number.POSITIVE_INFINITY : (input.before === void 0 ? 0 : 1) + (input.settings === void 0 ? 0 : 1),
    prepared: void 0,
    parsing: [],
    fields: void 0,
    rows: [],
    command: "",
    count: void 0,
    completed: false,
    error: void 0,
    owner: input.owner
  };
}
function resultOf(unit) {
  return { fields: unit.fields ?? [], rows: unit.rows, command: unit.command, count: unit.count };
}

// src/pg/call.ts
var Call = class {
  promise;
  done = false;
  resolve;
  reject;
  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
  settled(unit, failure) {
    if (failure === void 0) this.succeed(resultOf(unit));
    else this.fail(failure);
  }
  succeed(result) {
    this.done = true;
    this.resolve(result);
  }
  /** May come before the unit is answered: then the answer is passed over. */
  fail(error) {
    this.done = true;
    this.reject(error);
  }
};
function runUnit(connection, input) {
  const call = new Call();
  connection.submit(createUnit({ ...input, owner: call }));
  return call.promise;
}
var noValues = [];
function runStatement(connection, text2, held = false) {
  return runUnit(connection, { statement: { text: text2, values: noValues, reusable: false }, held });
}

// src/pg/errors.ts
var outcomes = {
  "never sent": "The statement was not sent.",
  failed: "The statement was certainly not carried out.",
  unknown: "Whether the statement was carried out is unknown."
};
function isDatabaseError(error, sqlState) {
  if (!(error instanceof Error) || !("severity" in error) || !("code" in error)) return false;
  return typeof error.code === "string" && (sqlState === void 0 || error.code === sqlState);
}
var connectFailed = defineError({
  code: "SUB_CONNECT_FAILED",
  summary: "No connection to the node could be opened.",
  mend: "The cause says why; check that the server runs and that host, port, user, password and TLS are right.",
  message: ({ node }) => `No connection to ${node} could be opened.`
});
var connectionLost = defineError({
  code: "SUB_CONNECTION_LOST",
  summary: "The connection broke before the answer was complete; `details.outcome` says what is known of the statement.",
  mend: 'Try again when the outcome is "never sent" or "failed"; when it is "unknown", read the data first.',
  message: ({ node, outcome }) => `The connection to ${node} was lost. ${outcomes[outcome]}`
});
function holding(holders) {
  if (holders.length === 0) return "None is held at this moment.";
  const named = holders.slice(0, 5).map(({ operation, since }) => `${operation} for ${Math.round(since)} ms`);
  const rest = holders.length - named.length;
  return `Held by ${named.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}.`;
}
var timedOut = defineError({
  code: "SUB_TIMEOUT",
  summary: "The operation's deadline, or the configured queryTimeout, passed.",
  mend: "Give it more time, make the statement faster, or shed load earlier.",
  message({ node, outcome, where, holders }) {
    if (where === "database")
      return `The time allowed for the operation ran out while it ran on ${node}. ${outcomes[outcome]}`;
    return `The time allowed for the operation ran out before it got a connection to ${node}. ${holders ? holding(holders) : ""}`;
  }
});
var aborted = defineError({
  code: "SUB_ABORTED",
  summary: "The operation's AbortSignal fired.",
  mend: "Nothing is to be mended where the abort was meant; the cause is the reason given to abort().",
  message: ({ outcome }) => `The operation was aborted. ${outcomes[outcome]}`
});
var poolTimeout = defineError({
  code: "SUB_POOL_TIMEOUT",
  summary: "No connection became free in time; `details.holders` says who has them and since when.",
  mend: "Shorten the longest holder, raise maxConnections if the server has room, or shed load earlier.",
  message: ({ node, waited, waiting, max, holders }) => `No connection to ${node} became free within ${Math.round(waited)} ms (${max} allowed, ${waiting} callers waiting). ${holding(holders)}`
});
var poolFull = defineError({
  code: "SUB_POOL_FULL",
  summary: "So many callers wait for a connection that another one is turned away at once.",
  mend: "Shed load earlier, or raise maxWaiting.",
  message: ({ node, waiting, holders }) => `${waiting} callers already wait for a connection to ${node}. ${holding(holders)}`
});
var closed = defineError({
  code: "SUB_CLOSED",
  summary: "The client was closed before the operation could run or end.",
  mend: "Await all work before $close(), and start none after it.",
  message: ({ node, outcome }) => `The connections to ${node} are closed. ${outcomes[outcome]}`
});
var transactionTimeout = defineError({
  code: "SUB_TRANSACTION_TIMEOUT",
  summary: "A transaction was open for longer than its timeout, and was rolled back.",
  mend: "Do less in it, or raise its timeout.",
  message: ({ node, timeout }) => `The transaction on ${node} was rolled back after its ${timeout} ms.`
});
var transactionFailed = defineError({
  code: "SUB_TRANSACTION_FAILED",
  summary: "COMMIT rolled back, since a statement of the transaction had failed and nobody rolled back to a savepoint.",
  mend: "Let the error of the failed statement reach the caller, or put the statement into a nested transaction.",
  message: ({ node }) => `The transaction on ${node} was rolled back by the server when it was to commit.`
});
var transactionOver = defineError({
  code: "SUB_TRANSACTION_OVER",
  summary: "A statement was given to a transaction that has ended.",
  mend: "Await everything inside the transaction before it returns.",
  message: ({ node, state }) => `The transaction on ${node} is over (${state}).`
});
var transactionStatement = defineError({
  code: "SUB_TRANSACTION_STATEMENT",
  summary: "A statement that opens or ends a transaction was sent as SQL text.",
  mend: "Use $transaction(), so that a connection is held for it.",
  message: ({ command }) => `${command} cannot be run as a statement of its own.`
});
var tooManyParameters = defineError({
  code: "SUB_TOO_MANY_PARAMETERS",
  summary: "A statement has more parameters than the protocol can count.",
  mend: "Pass arrays and unnest() them, or split the statement.",
  message: ({ count: count2 }) => `The statement has ${count2} parameters; PostgreSQL takes 65535.`
});
var protocolFault = defineError({
  code: "SUB_PROTOCOL",
  summary: "The server answered what the protocol does not allow here; the connection was closed.",
  mend: "Report it, with the versions of PostgreSQL and of any pooler or proxy in between.",
  message: ({ node, fault }) => `${node} broke the protocol: ${fault}.`
});
var driverUnsupported = defineError({
  code: "SUB_DRIVER_UNSUPPORTED",
  summary: "The installed version of pg lacks something that Substrata builds on.",
  mend: "Install the version of pg that this version of Substrata names in its dependencies.",
  message: ({ missing }) => `The installed pg has no ${missing}.`
});
var contextMixed = defineError({
  code: "SUB_CONTEXT_MIXED",
  summary: "A transaction was given a call of another context than its own.",
  mend: "Open one transaction per context: every call of a transaction has to come from the same client.",
  message: ({ operation }) => `${operation} has another context than the transaction that it is part of.`
});

// src/pg/frames.ts
var initialSize = 16 * 1024;
var smallSize = 4 * 1024;
var code = { parse: 80, bind: 66, describe: 68, execute: 69, close: 67, sync: 83, query: 81 };
var executeUnnamed = Buffer.from([code.execute, 0, 0, 0, 9, 0, 0, 0, 0, 0]);
var syncMessage = Buffer.from([code.sync, 0, 0, 0, 4]);
function createFrames() {
  let buffer = Buffer.allocUnsafe(initialSize);
  let at = 0;
  function reserve(size) {
    if (buffer.length - at >= size) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + size));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  }
  function int16(value2) {
    buffer[at] = value2 >>> 8;
    buffer[at + 1] = value2;
    at += 2;
  }
  function int32At(position, value2) {
    buffer[position] = value2 >>> 24;
    buffer[position + 1] = value2 >>> 16;
    buffer[position + 2] = value2 >>> 8;
    buffer[position + 3] = value2;
  }
  function text2(value2) {
    const { length } = value2;
    reserve(length > 65536 ? Buffer.byteLength(value2) + 8 : length * 3 + 8);
    if (length > 32) return advance(buffer.write(value2, at, "utf8"));
    for (let i = 0; i < length; i++) {
      const unit = value2.charCodeAt(i);
      if (unit > 127) return advance(buffer.write(value2, at, "utf8"));
      buffer[at + i] = unit;
    }
    return advance(length);
  }
  function advance(length) {
    at += length;
    return length;
  }
  function zeroEnded(value2) {
    text2(value2);
    reserve(1);
    buffer[at++] = 0;
  }
  function begin(type) {
    reserve(5);
    buffer[at] = type;
    at += 5;
    return at - 4;
  }
  function end(lengthAt) {
    int32At(lengthAt, at - lengthAt);
  }
  function value(of) {
    reserve(4);
    const lengthAt = at;
    at += 4;
    if (of === null) {
      int32At(lengthAt, 4294967295);
      return;
    }
    if (typeof of === "string") {
      int32At(lengthAt, text2(of));
      return;
    }
    reserve(of.length);
    buffer.set(of, at);
    at += of.length;
    int32At(lengthAt, of.length);
  }
  function append(bytes) {
    reserve(bytes.length);
    buffer.set(bytes, at);
    at += bytes.length;
  }
  function handOver() {
    const bytes = buffer.subarray(0, at);
    buffer = Buffer.allocUnsafe(initialSize);
    return bytes;
  }
  return {
    get length() {
      return at;
    },
    parse(name, sql) {
      const lengthAt = begin(code.parse);
      zeroEnded(name);
      zeroEnded(sql);
      reserve(2);
      int16(0);
      end(lengthAt);
    },
    bind(name, values) {
      const lengthAt = begin(code.bind);
      zeroEnded("");
      zeroEnded(name);
      const count2 = values.length;
      reserve(4 + count2 * 2);
      int16(count2);
      for (let i = 0; i < count2; i++) int16(values[i] === null || typeof values[i] === "string" ? 0 : 1);
      int16(count2);
      for (let i = 0; i < count2; i++) value(values[i]);
      reserve(2);
      int16(0);
      end(lengthAt);
    },
    describe(kind, name) {
      const lengthAt = begin(code.describe);
      buffer[at++] = kind.charCodeAt(0);
      zeroEnded(name);
      end(lengthAt);
    },
    execute: () => append(executeUnnamed),
    closeStatement(name) {
      const lengthAt = begin(code.close);
      buffer[at++] = 83;
      zeroEnded(name);
      end(lengthAt);
    },
    sync: () => append(syncMessage),
    query(sql) {
      const lengthAt = begin(code.query);
      zeroEnded(sql);
      end(lengthAt);
    },
    append,
    truncate(length) {
      at = length;
    },
    take() {
      const bytes = at < smallSize ? Buffer.from(buffer.subarray(0, at)) : handOver();
      at = 0;
      return bytes;
    }
  };
}

// src/pg/messages.ts
import { DatabaseError } from "pg";
var message = {
  parseComplete: 49,
  bindComplete: 50,
  closeComplete: 51,
  notification: 65,
  commandComplete: 67,
  dataRow: 68,
  error: 69,
  emptyQuery: 73,
  notice: 78,
  parameterStatus: 83,
  rowDescription: 84,
  readyForQuery: 90,
  noData: 110
};
function createMessageReader(sink) {
  let pieces = [];
  let gathered = 0;
  let needed = 0;
  return (chunk) => {
    let bytes = chunk;
    if (gathered > 0) {
      pieces.push(chunk);
      gathered += chunk.length;
      if (gathered < needed) return;
      bytes = Buffer.concat(pieces, gathered);
      pieces = [];
      gathered = 0;
    }
    let at = 0;
    while (bytes.length - at >= 5) {
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      if (end > bytes.length) break;
      sink(bytes[at], bytes, at + 5, end);
      at = end;
    }
    if (at === bytes.length) return;
    const rest = bytes.subarray(at);
    pieces = [rest];
    gathered = rest.length;
    needed = gathered < 5 ? 5 : 1 + rest.readUInt32BE(1);
  };
}
function readRow(bytes, start) {
  const count2 = bytes[start] << 8 | bytes[start + 1];
  const row = new Array(count2);
  let at = start + 2;
  for (let i = 0; i < count2; i++) {
    const length = bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3];
    at += 4;
    if (length === -1) {
      row[i] = null;
    } else {
      row[i] = readText(bytes, at, length);
      at += length;
    }
  }
  return row;
}
function readText(bytes, at, length) {
  if (length > 10) return bytes.toString("utf8", at, at + length);
  let text2 = "";
  for (let i = at; i < at + length; i++) {
    const byte = bytes[i];
    if (byte > 127) return bytes.toString("utf8", at, at + length);
    text2 += ascii[byte];
  }
  return text2;
}
var ascii = Array.from({ length: 128 }, (_, code2) => String.fromCharCode(code2));
function readFields(bytes, start) {
  const count2 = bytes.readInt16BE(start);
  const fields = new Array(count2);
  let at = start + 2;
  for (let i = 0; i < count2; i++) {
    const nameEnd = bytes.indexOf(0, at);
    fields[i] = {
      name: bytes.toString("utf8", at, nameEnd),
      table: bytes.readUInt32BE(nameEnd + 1),
      column: bytes.readInt16BE(nameEnd + 5),
      type: bytes.readUInt32BE(nameEnd + 7),
      modifier: bytes.readInt32BE(nameEnd + 13)
    };
    at = nameEnd + 19;
  }
  return fields;
}
function readTag(bytes, start, end) {
  const tag = bytes.toString("latin1", start, end - 1);
  const lastBlank = tag.lastIndexOf(" ");
  const last = tag.charCodeAt(lastBlank + 1);
  if (lastBlank === -1 || last < 48 || last > 57) return { command: tag, count: void 0 };
  const firstBlank = tag.indexOf(" ");
  return { command: tag.slice(0, firstBlank), count: Number(tag.slice(lastBlank + 1)) };
}
function readParameter(bytes, start, end) {
  const nameEnd = bytes.indexOf(0, start);
  return [bytes.toString("utf8", start, nameEnd), bytes.toString("utf8", nameEnd + 1, end - 1)];
}
function readError(bytes, start, end) {
  const fields = {};
  let at = start;
  while (at < end && bytes[at] !== 0) {
    const valueEnd = bytes.indexOf(0, at + 1);
    fields[String.fromCharCode(bytes[at])] = bytes.toString("utf8", at + 1, valueEnd);
    at = valueEnd + 1;
  }
  const error = new DatabaseError(fields.M ?? "an error without a message", end - start, "error");
  error.severity = fields.V ?? fields.S;
  error.code = fields.C;
  error.detail = fields.D;
  error.hint = fields.H;
  error.position = fields.P;
  error.internalPosition = fields.p;
  error.internalQuery = fields.q;
  error.where = fields.W;
  error.schema = fields.s;
  error.table = fields.t;
  error.column = fields.c;
  error.dataType = fields.d;
  error.constraint = fields.n;
  error.file = fields.F;
  error.line = fields.L;
  error.routine = fields.R;
  return error;
}

// src/pg/statement-cache.ts
var none = [];
function createStatementCache(limit, prefix = "sub_") {
  const byText = /* @__PURE__ */ new Map();
  let closing = [];
  let uses = 0;
  let lastName = 0;
  function evictOldest() {
    let oldest;
    for (const prepared of byText.values())
      if (prepared.state === "ready" && (oldest === void 0 || prepared.used < oldest.used)) oldest = prepared;
    if (oldest === void 0) return;
    byText.delete(oldest.text);
    oldest.state = "gone";
    closing.push(oldest.name);
  }
  return {
    find(text2) {
      const prepared = byText.get(text2);
      if (prepared !== void 0) prepared.used = ++uses;
      return prepared;
    },
    add(text2) {
      if (byText.size >= limit) evictOldest();
      const prepared = {
        name: `${prefix}${++lastName}`,
        text: text2,
        state: "asked",
        fields: void 0,
        used: ++uses
      };
      byText.set(text2, prepared);
      return prepared;
    },
    drop(prepared) {
      if (byText.get(prepared.text) === prepared) byText.delete(prepared.text);
      if (prepared.state === "ready") closing.push(prepared.name);
      prepared.state = "gone";
    },
    clear() {
      for (const prepared of byText.values()) prepared.state = "gone";
      byText.clear();
      closing = [];
    },
    takeClosing() {
      if (closing.length === 0) return none;
      const taken = closing;
      closing = [];
      return taken;
    },
    get size() {
      return byText.size;
    }
  };
}

// src/pg/wire.ts
function takeWire(client, read2) {
  const stream = streamOf(client);
  const listeners = stream.listeners("data");
  const reader = listeners[0];
  if (listeners.length !== 1 || typeof reader !== "function") throw driverUnsupported({ missing: "single reader" });
  const pgReads = (chunk) => reader.call(stream, chunk);
  stream.removeAllListeners("data");
  stream.on("data", read2);
  return {
    write: (bytes) => {
      stream.write(bytes);
    },
    destroy: () => {
      stream.destroy();
    },
    release() {
      stream.off("data", read2);
      stream.on("data", pgReads);
    },
    retake() {
      stream.off("data", pgReads);
      stream.on("data", read2);
    }
  };
}
function streamOf(client) {
  const { connection } = client;
  const stream = connection?.stream;
  if (stream === void 0 || typeof stream.write !== "function") throw driverUnsupported({ missing: "stream" });
  return stream;
}

// src/pg/connection.ts
var statementLimit = 256;
var parameterLimit = 65535;
var settingLimit = 16;
var Connection = class {
  id;
  node;
  client;
  openedAt = performance.now();
  /** What the server has reported about itself: `server_version`, `in_hot_standby`, … */
  parameters = /* @__PURE__ */ new Map();
  /** Units written and not answered, in order. */
  inFlight = [];
  /** Statements are prepared once and kept under a name. */
  named = false;
  /** Somebody else's statements run on the same backend between ours: a transaction pooler is in the way. */
  pooled = false;
  /** Once a context was sent here, every statement sends one. */
  contextual = false;
  /** When the unit at the head began to run, as far as can be seen from here. */
  headSince = 0;
  /** Milliseconds of the shortest answer seen: what the way there and back costs. */
  distance = Number.POSITIVE_INFINITY;
  lastUsed = performance.now();
  /** Of the last ReadyForQuery: idle, in a transaction, in a failed transaction. */
  status = "I";
  lost;
  /** Called after each unit, when its caller has been told. */
  onSettled;
  /** Called once, when the connection is no more. */
  onLost;
  wire;
  frames = createFrames();
  statements = createStatementCache(statementLimit);
  setters = createStatementCache(settingLimit, "sub_set_");
  unsent = [];
  flushing = false;
  closing = false;
  lastWords;
  constructor(id, node, client) {
    this.id = id;
    this.node = node;
    this.client = client;
    this.wire = takeWire(
      client,
      createMessageReader((type, bytes, start, end) => this.receive(type, bytes, start, end))
    );
    client.on("error", (error) => this.end(error));
    client.on("end", () => this.end(new Error("the server closed the connection")));
  }
  /** Writes a unit behind those in flight. It leaves with all that is submitted in the same turn of the event loop. */
  submit(unit) {
    if (this.lost !== void 0) {
      unit.owner.settled(unit, this.lostError(unit, this.lost));
      return;
    }
    const start = this.frames.length;
    try {
      this.write(unit);
    } catch (error) {
      this.frames.truncate(start);
      for (const prepared of unit.parsing) if (prepared !== void 0) this.cacheOf(prepared).drop(prepared);
      unit.state = "done";
      unit.owner.settled(unit, error instanceof Error ? error : new Error(String(error)));
      return;
    }
    unit.state = "written";
    this.inFlight.push(unit);
    this.unsent.push(unit);
    if (this.flushing) return;
    this.flushing = true;
    process.nextTick(flush, this);
  }
  /** @internal */
  flush() {
    this.flushing = false;
    if (this.lost !== void 0) return;
    const now = performance.now();
    for (const unit of this.unsent) {
      unit.sent = true;
      unit.sentAt = now;
    }
    if (this.unsent.length === this.inFlight.length) this.headSince = now;
    this.unsent = [];
    this.wire.write(this.frames.take());
  }
  /** Ends the session in order; the socket is closed by force if the server does not within `patience` milliseconds. */
  async close(patience = 1e3) {
    if (this.lost !== void 0) return;
    this.closing = true;
    const timer = setTimeout(() => this.wire.destroy(), patience);
    await this.client.end().finally(() => clearTimeout(timer));
  }
  /** Breaks it off: for a connection in an unknown state. */
  destroy(reason) {
    this.end(reason);
  }
  /** Gives the wire back to pg while `body` runs, for COPY, LISTEN and cursors. Nothing may be in flight. */
  async lend(body) {
    this.wire.release();
    try {
      return await body(this.client);
    } finally {
      this.status = transactionStatusOf(this.client);
      if (this.lost === void 0) this.wire.retake();
    }
  }
  write(unit) {
    const { frames } = this;
    const { text: text2, values } = unit.statement;
    if (values.length > parameterLimit) throw tooManyParameters({ count: values.length });
    if (unit.simple) {
      frames.query(text2);
      return;
    }
    for (const name of this.statements.takeClosing()) frames.closeStatement(name);
    if (unit.before !== void 0) this.writeUnnamed(unit, unit.before);
    if (unit.settings !== void 0) this.writeSettings(unit, unit.settings);
    this.writeStatement(unit);
    frames.sync();
  }
  writeUnnamed(unit, text2) {
    this.frames.parse("", text2);
    unit.parsing.push(void 0);
    this.frames.bind("", []);
    this.frames.execute();
  }
  writeSettings(unit, settings) {
    this.contextual = true;
    const text2 = setterTexts[settings.length];
    let setter = this.named ? this.setters.find(text2) : void 0;
    if (setter === void 0) {
      if (this.named) setter = this.setters.add(text2);
      this.frames.parse(setter?.name ?? "", text2);
      unit.parsing.push(setter);
    } else if (setter.state === "asked") {
      setter = void 0;
      this.frames.parse("", text2);
      unit.parsing.push(void 0);
    }
    const values = [];
    for (const [name, value] of settings) values.push(name, value);
    this.frames.bind(setter?.name ?? "", values);
    this.frames.execute();
  }
  /**
   * A named statement is parsed and described once. While that is not yet confirmed, others with the same text are sent
   * unnamed: they cannot know whether the name will be there.
   */
  writeStatement(unit) {
    const { frames, statements } = this;
    const { text: text2, values, reusable } = unit.statement;
    const found = this.named && reusable !== false ? statements.find(text2) : void 0;
    if (found?.state === "ready") {
      unit.prepared = found;
      unit.fields = found.fields;
    } else {
      const named = this.named && reusable !== false && found === void 0;
      unit.prepared = named ? statements.add(text2) : void 0;
      frames.parse(unit.prepared?.name ?? "", text2);
      unit.parsing.push(unit.prepared);
    }
    frames.bind(unit.prepared?.name ?? "", values);
    if (unit.fields === void 0) frames.describe("P", "");
    frames.execute();
  }
  receive(type, bytes, start, end) {
    if (this.lost !== void 0) return;
    const unit = this.inFlight[0];
    switch (type) {
      case message.dataRow:
        if (unit === void 0) {
          this.surprise("a row that nobody asked for");
          return;
        }
        if (unit.ahead === 0) unit.rows.push(readRow(bytes, start));
        return;
      case message.bindComplete:
      case message.closeComplete:
      case message.notice:
      case message.notification:
        return;
      case message.commandComplete:
        if (unit === void 0) {
          this.surprise("the end of a command that nobody sent");
          return;
        }
        this.completeCommand(unit, bytes, start, end);
        return;
      case message.readyForQuery:
        this.status = String.fromCharCode(bytes[start]);
        if (unit === void 0) {
          this.surprise("an answer that nobody waits for");
          return;
        }
        this.finish(unit);
        return;
      case message.parseComplete: {
        const prepared = unit?.parsing.shift();
        if (prepared?.state === "asked") prepared.state = "ready";
        return;
      }
      case message.rowDescription:
        this.describe(unit, readFields(bytes, start));
        return;
      case message.noData:
        this.describe(unit, []);
        return;
      case message.emptyQuery:
        if (unit !== void 0) unit.completed = true;
        return;
      case message.error:
        this.fail(unit, readError(bytes, start, end));
        return;
      case message.parameterStatus: {
        const [name, value] = readParameter(bytes, start, end);
        this.parameters.set(name, value);
        return;
      }
      default:
        this.surprise(`a message of type 0x${type.toString(16)}`);
        return;
    }
  }
  completeCommand(unit, bytes, start, end) {
    if (unit.ahead > 0) {
      unit.ahead--;
      return;
    }
    const tag = readTag(bytes, start, end);
    unit.command = tag.command;
    unit.count = tag.count;
    unit.completed = true;
  }
  describe(unit, fields) {
    if (unit === void 0 || unit.simple) return;
    unit.fields = fields;
    if (unit.prepared !== void 0) unit.prepared.fields = fields;
  }
  fail(unit, error) {
    if (error.severity === "FATAL" || error.severity === "PANIC") {
      this.lastWords = error;
      return;
    }
    if (unit === void 0) {
      this.surprise("an error that belongs to no statement");
      return;
    }
    unit.error ??= error;
    for (const prepared of unit.parsing) if (prepared !== void 0) this.cacheOf(prepared).drop(prepared);
    unit.parsing.length = 0;
    if (isStaleStatement(error)) this.forgetStatements(unit);
  }
  forgetStatements(unit) {
    if (unit.prepared !== void 0 && unit.error?.code === "0A000") {
      this.statements.drop(unit.prepared);
      return;
    }
    this.statements.clear();
    this.setters.clear();
  }
  finish(unit) {
    if (!unit.completed && unit.error === void 0 && !unit.simple) {
      this.surprise("an answer without its end");
      return;
    }
    this.inFlight.shift();
    const now = performance.now();
    const waited = unit.sentAt < this.headSince;
    const taken = now - (waited ? this.headSince : unit.sentAt);
    if (!waited && taken < this.distance) this.distance = taken;
    unit.serviceTime = waited ? taken : taken - this.distance;
    this.headSince = now;
    this.lastUsed = now;
    unit.state = "done";
    if (this.status !== "I" && !unit.held)
      this.end(protocolFault({ node: this.node, fault: "it left a transaction open" }));
    unit.owner.settled(unit, unit.error);
    this.onSettled?.(unit);
  }
  surprise(fault) {
    this.end(protocolFault({ node: this.node, fault }));
  }
  end(reason) {
    if (this.lost !== void 0) return;
    const cause = this.lastWords ?? reason;
    this.lost = cause;
    this.wire.destroy();
    const units = this.inFlight.splice(0);
    this.unsent = [];
    for (const unit of units) {
      unit.state = "done";
      unit.owner.settled(unit, unit.error ?? this.lostError(unit, cause));
    }
    this.onLost?.(this.closing ? new Error("closed") : cause);
  }
  lostError(unit, cause) {
    return connectionLost({ node: this.node, outcome: this.outcomeOf(unit) }, { cause });
  }
  /**
   * The server ends its session only between statements or in the midst of one, which is then rolled back; where it has
   * said so, what was not complete has not happened. A connection that just breaks tells nothing.
   */
  outcomeOf(unit) {
    if (unit.held) return "failed";
    if (!unit.sent) return "never sent";
    return this.lastWords !== void 0 && !unit.completed && unit.atomic ? "failed" : "unknown";
  }
  cacheOf(prepared) {
    return this.setters.find(prepared.text) === prepared ? this.setters : this.statements;
  }
};
function flush(connection) {
  connection.flush();
}
function transactionStatusOf(client) {
  const { getTransactionStatus } = client;
  return getTransactionStatus?.call(client) ?? "I";
}
function isStaleStatement(error) {
  return error.code === "26000" || error.code === "0A000" && error.routine === "RevalidateCachedQuery";
}
var setterTexts = Array.from({ length: settingLimit + 1 }, (_, count2) => {
  const calls = Array.from({ length: count2 }, (_2, i) => `set_config($${2 * i + 1},$${2 * i + 2},true)`);
  return `SELECT ${calls.join(",")}`;
});

// src/pg/deadline.ts
function isPast({ deadline }) {
  return deadline !== void 0 && performance.now() >= deadline;
}
function refuseLate(node, operation, outcome = "never sent") {
  const { signal } = operation;
  if (signal?.aborted) throw aborted({ node, outcome }, { cause: signal.reason });
  if (isPast(operation)) throw timedOut({ node, outcome, where: "queue" });
}
var queryCanceled = "57014";
function explainCancel(node, operation, queryTimeout, error) {
  if (!isDatabaseError(error, queryCanceled)) return error;
  const { signal, startedAt } = operation;
  if (signal?.aborted) return aborted({ node, outcome: "failed" }, { cause: signal.reason });
  const overdue = isPast(operation) || queryTimeout > 0 && performance.now() - startedAt >= queryTimeout;
  return overdue ? timedOut({ node, outcome: "failed", where: "database" }, { cause: error }) : error;
}

// src/core/operation.ts
var lastId = 0;
function startOperation(input) {
  const startedAt = performance.now();
  return {
    id: ++lastId,
    model: input.model,
    name: input.name,
    kind: input.kind,
    context: input.context,
    startedAt,
    deadline: input.timeout === void 0 ? void 0 : startedAt + input.timeout,
    signal: input.signal,
    traceId: input.traceId,
    node: void 0,
    timings: { queue: 0, database: 0, decode: 0 }
  };
}
function operationLabel(operation) {
  return operation.model === void 0 ? operation.name : `${operation.model}.${operation.name}`;
}

// src/pg/wait-queue.ts
var sweepInterval = 5;
var batch = 32;
function createWaitQueue(options) {
  const { node, max, maxWaiting, patience, holders } = options;
  const waiters = /* @__PURE__ */ new Set();
  const late = [];
  let telling = false;
  let timer;
  let timerDue = 0;
  function leave(waiter) {
    waiters.delete(waiter);
    if (waiter.onAbort !== void 0) waiter.operation.signal?.removeEventListener("abort", waiter.onAbort);
  }
  function sweepAt(due) {
    if (timer !== void 0 && timerDue <= due) return;
    clearTimeout(timer);
    timerDue = due;
    timer = setTimeout(sweep, Math.max(due - performance.now(), sweepInterval));
  }
  function sweep() {
    timer = void 0;
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    for (const waiter of waiters) {
      if (waiter.due <= now) expire(waiter);
      else if (waiter.due < next) next = waiter.due;
    }
    if (waiters.size > 0) sweepAt(next);
  }
  function expire(waiter) {
    leave(waiter);
    late.push(waiter);
    if (telling) return;
    telling = true;
    setImmediate(tell);
  }
  function tell() {
    const held = holders();
    for (const waiter of late.splice(0, batch)) waiter.reject(lateError(waiter, held));
    telling = late.length > 0;
    if (telling) setImmediate(tell);
  }
  function lateError({ operation, since }, held) {
    const waited = performance.now() - since;
    operation.timings.queue += waited;
    const own = operation.deadline !== void 0 && operation.deadline < since + patience;
    if (own) return timedOut({ node, outcome: "never sent", where: "queue", holders: held });
    return poolTimeout({ node, waited, waiting: waiters.size + late.length + 1, max, holders: held });
  }
  function abandon(waiter) {
    leave(waiter);
    waiter.reject(aborted({ node, outcome: "never sent" }, { cause: waiter.operation.signal?.reason }));
  }
  function wait(operation, needs = 0) {
    if (waiters.size >= maxWaiting) return Promise.reject(poolFull({ node, waiting: waiters.size, holders: holders() }));
    const { signal, deadline } = operation;
    const since = performance.now();
    const due = deadline === void 0 ? since + patience : Math.min(since + patience, deadline);
    const bounded = deadline === void 0 ? 0 : Math.min(needs, (deadline - since) / 2);
    return new Promise((resolve, reject) => {
      const onAbort = signal && (() => abandon(waiter));
      const waiter = { since, due, operation, needs: bounded, resolve, reject, onAbort };
      if (onAbort !== void 0) signal?.addEventListener("abort", onAbort);
      waiters.add(waiter);
      sweepAt(due);
    });
  }
  return {
    get length() {
      return waiters.size;
    },
    wait,
    offer(item) {
      const now = performance.now();
      for (const waiter of waiters) {
        if (waiter.due - now < waiter.needs) {
          expire(waiter);
          continue;
        }
        leave(waiter);
        waiter.operation.timings.queue += now - waiter.since;
        waiter.resolve(item);
        return true;
      }
      return false;
    },
    dismiss(error) {
      for (const waiter of waiters) {
        leave(waiter);
        waiter.reject(error);
      }
    }
  };
}

// src/pg/pool.ts
var maintenanceInterval = 1e3;
var longIdle = 3e4;
var checkPatience = 2e3;
var retryDelay = 250;
function createPool({ node, config, max, opener, events }) {
  const idle = [];
  const leases = /* @__PURE__ */ new Set();
  const expiry = /* @__PURE__ */ new WeakMap();
  const reported = /* @__PURE__ */ new WeakSet();
  let open = 0;
  let opening = 0;
  let stopped = false;
  let onEmpty;
  let retryTimer;
  const queue = createWaitQueue({
    node,
    max,
    maxWaiting: config.maxWaiting,
    patience: config.acquireTimeout,
    holders
  });
  const maintenance = setInterval(maintain, maintenanceInterval).unref();
  fill();
  function holders() {
    const now = performance.now();
    return [...leases].map(({ operation, since }) => ({ operation: operationLabel(operation), since: now - since })).sort((a, b) => b.since - a.since);
  }
  function takerStack() {
    return config.leakThreshold > 0 ? new Error("taken here").stack : void 0;
  }
  function lend(connection, operation, stack = takerStack()) {
    const lease = { connection, operation, since: performance.now(), stack, spoiled: false };
    leases.add(lease);
    return lease;
  }
  function take(operation) {
    if (stopped || queue.length > 0) return void 0;
    for (let connection = idle.pop(); connection !== void 0; connection = idle.pop()) {
      if (connection.lost !== void 0) continue;
      if (performance.now() - connection.lastUsed < longIdle) return lend(connection, operation);
      examine(connection);
      return void 0;
    }
    return void 0;
  }
  function fill() {
    if (stopped) return;
    while (open + opening < Math.min(config.minConnections, max)) openOne();
  }
  function grow() {
    while (open + opening < max && opening < queue.length) openOne();
  }
  function openOne() {
    opening++;
    opener.open("dedicated").then(admit, refuse);
  }
  function admit(connection) {
    opening--;
    open++;
    connection.onLost = (reason) => forget(connection, reason);
    if (connection.lost !== void 0) {
      forget(connection, connection.lost);
      return;
    }
    const { maxLifetime } = config;
    if (maxLifetime > 0) expiry.set(connection, connection.openedAt + maxLifetime * (1 - Math.random() / 10));
    offer(connection);
  }
  function refuse(error) {
    opening--;
    if (open === 0) queue.dismiss(error);
    retryTimer ??= setTimeout(() => {
      retryTimer = void 0;
      fill();
      grow();
    }, retryDelay).unref();
    emptied();
  }
  function forget(connection, reason) {
    open--;
    const at = idle.indexOf(connection);
    if (at !== -1) idle.splice(at, 1);
    if (events.listened("connection")) {
      const change = reason.message === "closed" ? "closed" : "lost";
      events.emit("connection", { node, connection: connection.id, kind: "dedicated", change, reason: reason.message });
    }
    grow();
    emptied();
  }
  function offer(connection) {
    if (queue.offer(connection)) return;
    if (stopped) retire(connection);
    else idle.push(connection);
  }
  function retire(connection) {
    connection.close().catch(() => {
    });
  }
  function release(lease) {
    if (!leases.delete(lease)) return;
    const { connection } = lease;
    if (connection.lost !== void 0) {
      emptied();
      return;
    }
    const openTransaction2 = connection.status !== "I";
    if (openTransaction2) warnOpenTransaction(lease);
    const old = performance.now() > (expiry.get(connection) ?? Number.POSITIVE_INFINITY);
    if (lease.spoiled || old) retire(connection);
    else if (connection.inFlight.length > 0) connection.destroy(connectionLost({ node, outcome: "unknown" }));
    else if (openTransaction2) rollBack(connection);
    else offer(connection);
  }
  function rollBack(connection) {
    runStatement(connection, "ROLLBACK").then(
      () => offer(connection),
      () => retire(connection)
    );
  }
  function warnOpenTransaction({ operation, stack }) {
    if (!events.listened("warning")) return;
    const name = operationLabel(operation);
    events.emit("warning", {
      code: "SUB_TRANSACTION_LEFT_OPEN",
      message: `${name} gave back its connection to ${node} with a transaction open; it was rolled back.`,
      details: { node, operation: name, stack }
    });
  }
  function maintain() {
    const now = performance.now();
    for (const connection of [...idle]) {
      if (now > (expiry.get(connection) ?? now)) discard(connection);
      else if (open > config.minConnections && config.idleTimeout > 0 && now - connection.lastUsed > config.idleTimeout)
        discard(connection);
      else if (now - connection.lastUsed > longIdle) {
        idle.splice(idle.indexOf(connection), 1);
        examine(connection);
      }
    }
    for (const lease of leases) watch(lease, now);
    fill();
  }
  function discard(connection) {
    idle.splice(idle.indexOf(connection), 1);
    retire(connection);
  }
  function examine(connection) {
    check(connection).then(
      () => offer(connection),
      () => {
      }
    );
  }
  function watch(lease, now) {
    const { connection, operation, since, stack } = lease;
    if (config.queryTimeout > 0 && isStuck(connection, now, config.queryTimeout)) {
      connection.destroy(new Error(`no answer within ${config.queryTimeout} ms`));
      return;
    }
    if (config.leakThreshold === 0 || now - since < config.leakThreshold || reported.has(lease)) return;
    reported.add(lease);
    if (!events.listened("warning")) return;
    const name = operationLabel(operation);
    events.emit("warning", {
      code: "SUB_CONNECTION_LEAKED",
      message: `${name} has held a connection to ${node} for ${Math.round(now - since)} ms, taken ${stack ?? ""}`,
      details: { node, operation: name, since: now - since, stack }
    });
  }
  function emptied() {
    if (stopped && open === 0 && opening === 0 && leases.size === 0 && queue.length === 0) onEmpty?.();
  }
  return {
    get size() {
      return open;
    },
    get idle() {
      return idle.length;
    },
    get busy() {
      return leases.size;
    },
    get waiting() {
      return queue.length;
    },
    take,
    async acquire(operation, needs) {
      if (stopped) throw closed({ node, outcome: "never sent" });
      const ready = take(operation);
      if (ready !== void 0) return ready;
      const stack = takerStack();
      const waiting = queue.wait(operation, needs);
      grow();
      return lend(await waiting, operation, stack);
    },
    release,
    connections: () => [...leases].map(({ connection }) => connection),
    dismiss: (error) => queue.dismiss(error),
    stop() {
      if (stopped) return;
      stopped = true;
      clearInterval(maintenance);
      clearTimeout(retryTimer);
      for (const connection of idle.splice(0)) retire(connection);
    },
    drained() {
      return new Promise((resolve) => {
        onEmpty = resolve;
        emptied();
      });
    }
  };
}
function isStuck(connection, now, queryTimeout) {
  return connection.inFlight.length > 0 && connection.headSince > 0 && now - connection.headSince > queryTimeout + 5e3;
}
async function check(connection) {
  const timer = setTimeout(() => connection.destroy(new Error("no answer to a check")), checkPatience);
  try {
    await runStatement(connection, "");
  } finally {
    clearTimeout(timer);
  }
}

// src/pg/profile.ts
var controlVerbs = /* @__PURE__ */ new Set(["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"]);
var queryVerbs = /* @__PURE__ */ new Set(["SELECT", "VALUES", "TABLE", "WITH"]);
var taintingVerbs = /* @__PURE__ */ new Set([
  "SET",
  "RESET",
  "DISCARD",
  "LISTEN",
  "UNLISTEN",
  "PREPARE",
  "DEALLOCATE",
  "LOAD",
  "DECLARE",
  "DO",
  "CALL"
]);
var selfCommittingVerbs = /* @__PURE__ */ new Set([
  "VACUUM",
  "CALL",
  "DO",
  "CLUSTER",
  "REINDEX",
  "CREATE",
  "DROP",
  "ALTER",
  "CHECKPOINT"
]);
function readStatement(text2) {
  const verb = firstWord(text2);
  const query = queryVerbs.has(verb);
  const taints = leavesSessionState(verb, text2);
  return {
    verb,
    control: controlVerbs.has(verb) || verb === "PREPARE" && /^\W*prepare\s+transaction\b/i.test(text2),
    shareable: query && !taints && !/\bfor\s+(no\s+key\s+)?(update|share|key)\b|advisory|pg_sleep/i.test(text2),
    atomic: !selfCommittingVerbs.has(verb),
    taints,
    mean: 0,
    peak: 0
  };
}
function leavesSessionState(verb, text2) {
  if (taintingVerbs.has(verb)) return !/^\W*set\s+(local|transaction|constraints)\b/i.test(text2);
  if (verb === "CREATE") return /^\W*create\s+(or\s+replace\s+)?((local|global)\s+)?temp/i.test(text2);
  if (/\bpg_(try_)?advisory_(lock|unlock)/i.test(text2)) return true;
  const settings = text2.match(/\bset_config\s*\(/gi)?.length ?? 0;
  return settings > 0 && settings !== (text2.match(/\bset_config\s*\([^()]*,\s*true\s*\)/gi)?.length ?? 0);
}
function firstWord(text2) {
  let at = 0;
  for (; ; ) {
    const rest = text2.slice(at, at + 2);
    if (rest === "") return "";
    if (rest === "--") {
      const end = text2.indexOf("\n", at);
      if (end === -1) return "";
      at = end + 1;
    } else if (rest === "/*") {
      at = afterComment(text2, at);
    } else if (/[\s(;]/.test(rest[0])) {
      at++;
    } else {
      return /^[a-z]+/i.exec(text2.slice(at, at + 24))?.[0].toUpperCase() ?? "";
    }
  }
}
function afterComment(text2, start) {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(text2); mark !== null; mark = marks.exec(text2)) {
    depth += mark[0] === "/*" ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return text2.length;
}
var meanWeight = 0.1;
var fading = 0.95;
function noteTime(profile, time) {
  profile.mean += (time - profile.mean) * meanWeight;
  profile.peak = Math.max(time, profile.peak * fading + time * (1 - fading));
}
function createProfiles(limit = 4096) {
  const byText = /* @__PURE__ */ new Map();
  return (text2) => {
    const known = byText.get(text2);
    if (known !== void 0) return known;
    if (byText.size >= limit) {
      for (const [oldest] of byText) if (byText.delete(oldest) && byText.size < limit) break;
    }
    const profile = readStatement(text2);
    byText.set(text2, profile);
    return profile;
  };
}

// src/pg/lanes.ts
var slow = 10;
var stall = 25;
var tick = 10;
var busy = 1;
var maintenanceInterval2 = 1e3;
var LaneCall = class extends Call {
  operation;
  statement;
  profile;
  queuedAt = performance.now();
  sentAt = 0;
  pending = 0;
  node;
  timer;
  onAbort;
  constructor(node, operation, statement, profile) {
    super();
    this.node = node;
    this.operation = operation;
    this.statement = statement;
    this.profile = profile;
  }
  /** The caller is let go at its deadline or when it aborts; the answer is then passed over, for it was only a read. */
  watch() {
    const { signal, deadline } = this.operation;
    if (deadline !== void 0) {
      const late = () => this.fail(timedOut({ node: this.node, outcome: "unknown", where: "database" }));
      this.timer = setTimeout(late, Math.max(deadline - performance.now(), 0));
    }
    if (signal !== void 0) {
      this.onAbort = () => this.fail(aborted({ node: this.node, outcome: "unknown" }, { cause: signal.reason }));
      signal.addEventListener("abort", this.onAbort);
    }
  }
  submitted() {
    this.pending++;
    this.sentAt = performance.now();
  }
  settled(unit, failure) {
    this.pending--;
    if (this.done) return;
    if (failure !== void 0 && this.pending > 0 && !isDatabaseError(failure)) return;
    super.settled(unit, failure);
    this.unwatch();
  }
  fail(error) {
    if (this.done) return;
    super.fail(error);
    this.unwatch();
  }
  unwatch() {
    if (this.timer !== void 0) clearTimeout(this.timer);
    if (this.onAbort !== void 0) this.operation.signal?.removeEventListener("abort", this.onAbort);
  }
};
function createLanes({ node, config, opener, events, settingsFor, overflow }) {
  const lanes = [];
  const max = config.lanes;
  let opening = 0;
  let stopped = false;
  let ticking = false;
  let onEmpty;
  const queue = createWaitQueue({
    node,
    max,
    maxWaiting: config.maxWaiting,
    patience: config.acquireTimeout,
    holders: heads
  });
  const maintenance = setInterval(maintain, maintenanceInterval2).unref();
  function pick() {
    let best;
    for (const lane of lanes) {
      if (!hasRoom(lane)) continue;
      if (best === void 0 || isLess(lane, best)) best = lane;
    }
    if ((best === void 0 || best.work > busy) && lanes.length + opening < max) openOne();
    return best;
  }
  function hasRoom({ stalled, closing, connection, promised }) {
    return !stalled && !closing && connection.inFlight.length + promised < config.laneDepth;
  }
  function isLess(a, b) {
    return a.work < b.work || a.work === b.work && a.connection.inFlight.length < b.connection.inFlight.length;
  }
  function openOne() {
    opening++;
    opener.open("lane").then(admit, (error) => {
      opening--;
      if (lanes.length === 0) queue.dismiss(error);
      emptied();
    });
  }
  function admit(connection) {
    opening--;
    const life = config.maxLifetime > 0 ? config.maxLifetime * (1 - Math.random() / 10) : Number.POSITIVE_INFINITY;
    const expires = connection.openedAt + life;
    const lane = { connection, expires, work: 0, promised: 0, stalled: false, closing: false };
    lanes.push(lane);
    connection.onLost = (reason) => forget(lane, reason);
    connection.onSettled = (unit) => settled(lane, unit);
    if (connection.lost !== void 0) {
      forget(lane, connection.lost);
      return;
    }
    serve(lane);
  }
  function forget(lane, reason) {
    lanes.splice(lanes.indexOf(lane), 1);
    if (events.listened("connection")) {
      const { id } = lane.connection;
      const change = reason.message === "closed" ? "closed" : "lost";
      events.emit("connection", { node, connection: id, kind: "lane", change, reason: reason.message });
    }
    if (lanes.length + opening === 0 && queue.length > 0) openOne();
    emptied();
  }
  function retire(lane) {
    lane.closing = true;
    if (lane.connection.inFlight.length === 0) lane.connection.close().catch(() => {
    });
  }
  function serve(lane) {
    while (hasRoom(lane) && queue.length > 0) {
      if (!queue.offer(lane)) break;
      lane.promised++;
    }
    if (stopped && queue.length === 0 && lane.promised === 0) retire(lane);
  }
  function send(lane, call) {
    const { connection } = lane;
    call.submitted();
    lane.work += call.profile.mean;
    const settings = settingsFor(call.operation, connection);
    connection.submit(createUnit({ statement: call.statement, settings, owner: call }));
    if (ticking) return;
    ticking = true;
    setTimeout(watch, tick, performance.now() + tick).unref();
  }
  function settled(lane, unit) {
    const { connection } = lane;
    if (unit.owner instanceof LaneCall) {
      const { profile } = unit.owner;
      lane.work = connection.inFlight.length === 0 ? 0 : Math.max(0, lane.work - profile.mean);
      noteTime(profile, unit.serviceTime);
    }
    lane.stalled = false;
    if (lane.closing) {
      retire(lane);
      return;
    }
    if (stopped || queue.length > 0) serve(lane);
  }
  function watch(due) {
    const now = performance.now();
    let inFlight = 0;
    for (const lane of lanes) {
      const { connection } = lane;
      inFlight += connection.inFlight.length;
      if (now - due > tick || connection.inFlight.length === 0 || lane.stalled) continue;
      const running = now - connection.headSince - connection.distance;
      if (connection.inFlight[0]?.sent && running > stall) rescue(lane, running);
    }
    ticking = inFlight > 0;
    if (ticking) setTimeout(watch, tick, performance.now() + tick).unref();
  }
  function rescue(lane, running) {
    lane.stalled = true;
    const [head, ...behind] = lane.connection.inFlight;
    if (head?.owner instanceof LaneCall) noteTime(head.owner.profile, running);
    for (const { owner } of behind) if (owner instanceof LaneCall && !owner.done) resend(owner);
    if (allStalled()) while (queue.offer(void 0)) ;
  }
  function allStalled() {
    return opening === 0 && lanes.length > 0 && lanes.every(({ stalled }) => stalled);
  }
  function resend(call) {
    const lane = pick();
    if (lane !== void 0) send(lane, call);
    else overflow(call);
  }
  function run2(operation, statement, profile) {
    if (stopped) throw closed({ node, outcome: "never sent" });
    const lane = queue.length === 0 ? pick() : void 0;
    if (lane !== void 0) return start(lane, operation, statement, profile);
    if (allStalled()) return void 0;
    return queue.wait(operation, profile.mean).then((free) => {
      if (free === void 0) return void 0;
      free.promised--;
      return start(free, operation, statement, profile);
    });
  }
  function start(lane, operation, statement, profile) {
    const call = new LaneCall(node, operation, statement, profile);
    if (operation.deadline !== void 0 || operation.signal !== void 0) call.watch();
    send(lane, call);
    return call;
  }
  function maintain() {
    const now = performance.now();
    for (const lane of [...lanes]) {
      const { connection } = lane;
      const unused = connection.inFlight.length === 0 && now - connection.lastUsed > config.idleTimeout;
      if (config.queryTimeout > 0 && isStuck(connection, now, config.queryTimeout))
        connection.destroy(new Error(`no answer within ${config.queryTimeout} ms`));
      else if (now > lane.expires || unused && config.idleTimeout > 0) retire(lane);
    }
  }
  function emptied() {
    if (stopped && lanes.length === 0 && opening === 0 && queue.length === 0) onEmpty?.();
  }
  function heads() {
    const now = performance.now();
    return lanes.flatMap(({ connection: { inFlight, headSince } }) => {
      const owner = inFlight[0]?.owner;
      if (!(owner instanceof LaneCall)) return [];
      return [{ operation: `${operationLabel(owner.operation)} on a lane`, since: now - headSince }];
    });
  }
  return {
    get size() {
      return lanes.length;
    },
    get inFlight() {
      return lanes.reduce((sum, { connection }) => sum + connection.inFlight.length, 0);
    },
    get waiting() {
      return queue.length;
    },
    suits: (profile) => max > 0 && profile.shareable && profile.peak < slow,
    run: run2,
    connections: () => lanes.map(({ connection }) => connection),
    stop() {
      stopped = true;
      clearInterval(maintenance);
      for (const lane of [...lanes]) serve(lane);
    },
    dismiss: (error) => queue.dismiss(error),
    drained() {
      return new Promise((resolve) => {
        onEmpty = resolve;
        emptied();
      });
    }
  };
}

// src/pg/leased-call.ts
var grace = 25;
var cancelPatience = 2e3;
var LeasedCall = class extends Call {
  operation;
  lease;
  opener;
  onSettled;
  onAbort;
  lateTimer;
  stopTimer;
  constructor(lease, operation, opener, onSettled) {
    super();
    this.lease = lease;
    this.operation = operation;
    this.opener = opener;
    this.onSettled = onSettled;
    const { deadline, signal } = operation;
    if (deadline !== void 0)
      this.lateTimer = setTimeout(() => this.giveUp(), Math.max(deadline - performance.now() + grace, grace));
    if (signal !== void 0) {
      this.onAbort = () => this.cancel();
      signal.addEventListener("abort", this.onAbort);
    }
  }
  settled(unit, failure) {
    clearTimeout(this.lateTimer);
    clearTimeout(this.stopTimer);
    if (this.onAbort !== void 0) this.operation.signal?.removeEventListener("abort", this.onAbort);
    this.onSettled?.(unit);
    if (!this.done) super.settled(unit, failure);
  }
  /** The server has neither answered nor stopped in time. */
  giveUp() {
    const { node } = this.lease.connection;
    this.fail(timedOut({ node, outcome: "unknown", where: "database" }));
    this.cancel();
  }
  cancel() {
    const { lease, opener } = this;
    lease.spoiled = true;
    this.stopTimer ??= setTimeout(() => {
      const { node } = lease.connection;
      if (!this.done) this.fail(aborted({ node, outcome: "unknown" }, { cause: this.operation.signal?.reason }));
      lease.connection.destroy(new Error("no answer to a cancel request"));
    }, cancelPatience);
    opener.cancel(lease.connection).catch(() => {
    });
  }
};

// src/pg/opener.ts
import { Client } from "pg";

// src/pg/cancel.ts
import { Connection as Connection2 } from "pg";
function requestCancel(target, patience) {
  const options = { ssl: target.ssl, sslNegotiation: target.direct ? "direct" : "postgres" };
  const wire = new Connection2(options);
  return new Promise((resolve) => {
    const timer = setTimeout(() => wire.stream.destroy(), patience);
    const send = () => wire.cancel(target.processId, target.secretKey);
    wire.on("connect", () => {
      if (target.ssl === false) send();
      else if (!target.direct) wire.requestSsl();
    });
    wire.on("sslconnect", send);
    wire.on("error", () => wire.stream.destroy());
    wire.on("end", () => {
      clearTimeout(timer);
      resolve();
    });
    if (target.host.startsWith("/")) wire.connect(`${target.host}/.s.PGSQL.${target.port}`);
    else wire.connect(target.port, target.host);
  });
}

// src/pg/client-options.ts
var pinnedSettings = [
  ["TimeZone", "UTC"],
  ["DateStyle", "ISO"],
  ["IntervalStyle", "postgres"],
  ["bytea_output", "hex"]
];
function clientOptions(connection, pool, startup) {
  return {
    host: connection.host,
    port: connection.port,
    user: connection.user,
    database: connection.database,
    ...connection.password !== void 0 && { password: connection.password.reveal() },
    ssl: tlsOptions(connection.tls),
    sslnegotiation: connection.tls.direct ? "direct" : "postgres",
    enableChannelBinding: connection.tls.channelBinding,
    application_name: pool.applicationName,
    ...startup.options && { options: startupOptions(connection, pool) },
    keepAlive: true,
    keepAliveInitialDelayMillis: 1e4,
    connectionTimeoutMillis: pool.connectTimeout
  };
}
function startupOptions(connection, pool) {
  const settings = [...pinnedSettings, ["statement_timeout", String(pool.queryTimeout)]];
  const pinned = settings.map(([name, value]) => `-c ${name}=${value}`).join(" ");
  return connection.options === void 0 ? pinned : `${connection.options} ${pinned}`;
}
function tlsOptions(tls) {
  if (tls.mode === "disable") return false;
  const options = { rejectUnauthorized: tls.mode !== "require" };
  if (tls.mode === "verify-ca") options.checkServerIdentity = () => void 0;
  if (tls.rootCertificate !== void 0) options.ca = tls.rootCertificate;
  if (tls.certificate !== void 0) options.cert = tls.certificate;
  if (tls.key !== void 0) options.key = tls.key.reveal();
  if (tls.keyPassword !== void 0) options.passphrase = tls.keyPassword.reveal();
  if (tls.revocationList !== void 0) options.crl = tls.revocationList;
  return options;
}

// src/pg/opener.ts
var cancelPatience2 = 1e3;
var lastId2 = 0;
function createOpener({ node, connection: config, pool, events }) {
  let startupOptions2 = true;
  async function open() {
    const asked = startupOptions2;
    const options = clientOptions(config, pool, { options: asked });
    const client = new Client(options);
    client.on("error", () => {
    });
    try {
      await client.connect();
    } catch (error) {
      client.connection.stream.destroy();
      if (!asked || !refusesOptions(error)) throw error;
      startupOptions2 = false;
      return open();
    }
    return new Connection(++lastId2, node, client);
  }
  async function prepare(connection) {
    try {
      await inquire(connection);
      return connection;
    } catch (error) {
      connection.destroy(error instanceof Error ? error : new Error(String(error)));
      throw error;
    }
  }
  async function inquire(connection) {
    connection.pooled = !startupOptions2 || await backendOf(connection) !== keyOf(connection.client).processID;
    connection.contextual = connection.pooled;
    if (!startupOptions2)
      for (const [name, value] of pinnedSettings) await runStatement(connection, `SET ${name} = ${value}`);
    connection.named = pool.namedStatements === "auto" ? !connection.pooled : pool.namedStatements;
  }
  return {
    async open(kind) {
      try {
        const connection = await prepare(await open());
        if (events.listened("connection"))
          events.emit("connection", { node, connection: connection.id, kind, change: "opened", reason: "" });
        return connection;
      } catch (cause) {
        if (events.listened("connection"))
          events.emit("connection", { node, connection: 0, kind, change: "refused", reason: reasonOf(cause) });
        throw connectFailed({ node, outcome: "never sent" }, { cause });
      }
    },
    cancel({ client }) {
      const { processID, secretKey } = keyOf(client);
      const { host, port } = config;
      const { ssl, sslnegotiation } = clientOptions(config, pool, { options: false });
      return requestCancel(
        { host, port, ssl, direct: sslnegotiation === "direct", processId: processID, secretKey },
        Math.min(pool.connectTimeout, cancelPatience2)
      );
    }
  };
}
function refusesOptions(error) {
  return isDatabaseError(error, "08P01") && /unsupported startup parameter/i.test(error.message);
}
function keyOf(client) {
  return client;
}
async function backendOf(connection) {
  const { rows } = await runStatement(connection, "SELECT pg_backend_pid()");
  return Number(rows[0]?.[0]);
}
function reasonOf(error) {
  return error instanceof Error && "code" in error ? String(error.code) : "failed";
}

// src/core/context-errors.ts
var contextInvalid = defineError({
  code: "SUB_CONTEXT_INVALID",
  summary: "A context holds something that cannot be carried to PostgreSQL unchanged.",
  mend: "Pass { userId, tenantId, role, claims }: non-empty strings, and claims as plain JSON.",
  message: ({ field, fault }) => `The context's ${field} ${fault}.`
});

// src/core/context.ts
var parts = ["userId", "tenantId", "role", "claims"];
var unpaired = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
function createContext(input) {
  for (const name of Object.keys(input))
    if (!parts.some((part) => part === name)) throw contextInvalid({ field: name, fault: "is not a part of a context" });
  const userId = text("userId", input.userId);
  const tenantId = text("tenantId", input.tenantId);
  const role = text("role", input.role);
  const claims = input.claims === void 0 ? void 0 : frozenClaims(input.claims);
  const claimsText = claims === void 0 ? "" : JSON.stringify(claims);
  return Object.freeze({
    userId,
    tenantId,
    role,
    claims,
    key: JSON.stringify([userId ?? null, tenantId ?? null, role ?? null, claimsText]),
    settings: settingsOf(userId ?? "", tenantId ?? "", claimsText, role ?? "none")
  });
}
var emptySettings = settingsOf("", "", "", "none");
function settingsOf(userId, tenantId, claims, role) {
  return Object.freeze([
    ["app.user_id", userId],
    ["app.tenant_id", tenantId],
    ["app.claims", claims],
    ["role", role]
  ]);
}
function text(field, value) {
  if (value === void 0) return void 0;
  if (typeof value !== "string") throw contextInvalid({ field, fault: "is not a string" });
  if (value === "") throw contextInvalid({ field, fault: "is empty; leave it out where there is none" });
  if (field === "role" && value === "none") throw contextInvalid({ field, fault: "is 'none', which is no role" });
  return transportable(field, value);
}
function transportable(field, value) {
  if (value.includes("\0")) throw contextInvalid({ field, fault: "holds a NUL character" });
  if (unpaired.test(value)) throw contextInvalid({ field, fault: "holds an unpaired surrogate" });
  return value;
}
function frozenClaims(claims) {
  if (!isPlainObject(claims)) throw contextInvalid({ field: "claims", fault: "is not a plain object" });
  return sortedObject("claims", claims, 0);
}
function canonical(path, value, depth) {
  if (depth > 32) throw contextInvalid({ field: path, fault: "is nested more than 32 deep" });
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return transportable(path, value);
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw contextInvalid({ field: path, fault: "is not a finite number" });
    return value;
  }
  if (Array.isArray(value)) return Object.freeze(value.map((item, i) => canonical(`${path}[${i}]`, item, depth + 1)));
  if (typeof value === "object" && isPlainObject(value)) return sortedObject(path, value, depth);
  throw contextInvalid({ field: path, fault: "is not JSON" });
}
function sortedObject(path, value, depth) {
  const entries = [];
  for (const [name, item] of Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1))
    if (item !== void 0) entries.push([transportable(path, name), canonical(`${path}.${name}`, item, depth + 1)]);
  return Object.freeze(Object.fromEntries(entries));
}
function isPlainObject(value) {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
function contextNames(context) {
  return context === void 0 ? [] : parts.filter((part) => context[part] !== void 0);
}

// src/pg/settings.ts
var readOnlySetting = ["transaction_read_only", "on"];
function createSettings({ always, readOnly, queryTimeout }) {
  function timeoutOf(operation, forced) {
    const { deadline } = operation;
    if (deadline === void 0) return forced ? ["statement_timeout", String(queryTimeout)] : void 0;
    const left = Math.max(1, Math.ceil(deadline - performance.now()));
    return ["statement_timeout", String(queryTimeout > 0 ? Math.min(left, queryTimeout) : left)];
  }
  return (operation, connection, timed = false) => {
    const context = operation.context?.settings ?? (always || connection.contextual ? emptySettings : void 0);
    const timeout = timeoutOf(operation, timed || connection.pooled);
    if (timeout === void 0 && !readOnly) return context;
    const settings = context === void 0 ? [] : [...context];
    if (timeout !== void 0) settings.push(timeout);
    if (readOnly) settings.push(readOnlySetting);
    return settings;
  };
}

// src/pg/sql.ts
import { escapeIdentifier, escapeLiteral } from "pg";
function identifier(...parts2) {
  return parts2.map((part) => {
    if (part === "" || part.includes("\0")) throw new TypeError("an identifier is neither empty nor holds a NUL");
    return escapeIdentifier(part);
  }).join(".");
}
function literal(value) {
  if (value.includes("\0")) throw new TypeError("a literal holds no NUL");
  return escapeLiteral(value);
}

// src/pg/statement-event.ts
function reportStatement(events, report2) {
  const { operation, statement, result, error } = report2;
  events.emit("statement", {
    operationId: operation.id,
    model: operation.model,
    operation: operation.name,
    kind: operation.kind,
    node: report2.node,
    context: contextNames(operation.context),
    traceId: operation.traceId,
    text: statement.text,
    values: report2.showValues ? statement.values : void 0,
    via: report2.via,
    queue: report2.queue,
    database: report2.database,
    rows: result === void 0 ? void 0 : result.count ?? result.rows.length,
    code: codeOf(error)
  });
}
function codeOf(error) {
  if (error === void 0) return void 0;
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}

// src/pg/transaction.ts
function openTransaction(parts2) {
  const { node, lease, operation, options, opener, settingsFor, profiles, explain } = parts2;
  const { connection } = lease;
  let state = "open";
  let begun = false;
  let turn = Promise.resolve();
  let queued = 0;
  let timed = false;
  let expired = false;
  let lastSavepoint = 0;
  const timer = options.timeout === void 0 ? void 0 : setTimeout(() => expire(options.timeout ?? 0), options.timeout).unref();
  function overError() {
    if (expired) return transactionTimeout({ node, timeout: options.timeout ?? 0 });
    return transactionOver({ node, state });
  }
  async function run2(text2, of, bare) {
    if (begun && queued === 0) return perform(text2, of, bare);
    queued++;
    const mine = turn.then(() => perform(text2, of, bare)).finally(() => queued--);
    turn = mine.catch(() => {
    });
    return mine;
  }
  async function perform(text2, of, bare) {
    if (!isLive()) throw overError();
    refuseLate(node, of);
    const statement = typeof text2 === "string" ? { text: text2, values: [], reusable: false } : text2;
    const sentAt = performance.now();
    try {
      const result = await send(statement, of, bare);
      parts2.report(of, statement, sentAt, result, void 0);
      return result;
    } catch (error) {
      parts2.report(of, statement, sentAt, void 0, error);
      throw expired ? overError() : explain(error, of);
    }
  }
  function send(statement, of, bare) {
    timed ||= of.deadline !== void 0;
    const before = begun ? void 0 : beginText(options);
    const settings = bare && begun ? void 0 : settingsFor({ ...of, context: operation.context }, connection, timed);
    const sentAt = performance.now();
    const call = new LeasedCall(lease, of, opener, (unit) => {
      of.timings.database += performance.now() - sentAt;
      settled(unit);
    });
    connection.submit(createUnit({ statement, settings, before, held: true, owner: call }));
    return call.promise;
  }
  function settled(unit) {
    if (profiles(unit.statement.text).taints) lease.spoiled = true;
    if (connection.lost === void 0 && !unit.sent) return;
    if (connection.lost !== void 0 || connection.status === "I") {
      over("rolledBack");
      return;
    }
    begun = true;
    if (isLive()) state = connection.status === "E" ? "failed" : "open";
  }
  function isLive() {
    return state === "open" || state === "failed";
  }
  function finish(how) {
    if (isLive()) state = how;
    clearTimeout(timer);
  }
  function over(how) {
    finish(how);
    parts2.release();
  }
  function expire(timeout) {
    if (!isLive()) return;
    expired = true;
    const reason = transactionTimeout({ node, timeout });
    stop(reason).catch(() => {
    });
  }
  async function stop(reason) {
    finish("rolledBack");
    if (connection.lost === void 0 && connection.inFlight.length > 0) {
      lease.spoiled = true;
      await opener.cancel(connection);
      connection.destroy(reason);
    } else if (begun && connection.lost === void 0) {
      await runStatement(connection, "ROLLBACK").catch((error) => connection.destroy(error));
    }
    parts2.release();
  }
  async function commit() {
    if (!isLive()) throw overError();
    if (operation.signal?.aborted || isPast(operation)) await stop(transactionOver({ node, state }));
    refuseLate(node, operation, "failed");
    if (!begun) return over("committed");
    clearTimeout(timer);
    const call = new LeasedCall(lease, operation, opener);
    connection.submit(createUnit({ statement: { text: "COMMIT", values: [], reusable: false }, owner: call }));
    try {
      const { command: command2 } = await call.promise;
      if (command2 !== "COMMIT") throw transactionFailed({ node });
      over("committed");
    } catch (error) {
      over("rolledBack");
      throw explain(error, operation);
    }
  }
  async function command(text2) {
    await run2(text2, operation, true);
  }
  const transaction = {
    get state() {
      return state;
    },
    async execute(statement, of = operation) {
      const { control, verb } = profiles(statement.text);
      if (control && !["SAVEPOINT", "RELEASE", "ROLLBACK"].includes(verb)) throw transactionStatement({ command: verb });
      if (verb === "ROLLBACK" && !/^\W*rollback\s+(work\s+|transaction\s+)?to\b/i.test(statement.text))
        throw transactionStatement({ command: verb });
      if (of.context !== void 0 && of.context.key !== operation.context?.key)
        throw contextMixed({ operation: operationLabel(of) });
      return run2(statement, of, control);
    },
    async script(text2) {
      if (!begun) await command("SELECT 1");
      const call = new LeasedCall(lease, operation, opener, settled);
      connection.submit(createUnit({ statement: { text: text2, values: [] }, simple: true, held: true, owner: call }));
      await call.promise;
    },
    commit,
    rollback: () => isLive() ? stop(transactionOver({ node, state: "rolledBack" })) : Promise.resolve(),
    savepoint: (name) => command(`SAVEPOINT ${identifier(name)}`),
    rollbackTo: (name) => command(`ROLLBACK TO SAVEPOINT ${identifier(name)}`),
    release: (name) => command(`RELEASE SAVEPOINT ${identifier(name)}`),
    async nested(body) {
      const name = `sub_${++lastSavepoint}`;
      await transaction.savepoint(name);
      try {
        const value = await body(transaction);
        await transaction.release(name);
        return value;
      } catch (error) {
        if (isLive()) await transaction.rollbackTo(name).catch(() => {
        });
        throw error;
      }
    }
  };
  return transaction;
}
function beginText({ isolation, readOnly, deferrable }) {
  const words = ["BEGIN"];
  if (isolation !== void 0) words.push(`ISOLATION LEVEL ${isolationWords[isolation]}`);
  if (readOnly !== void 0) words.push(readOnly ? "READ ONLY" : "READ WRITE");
  if (deferrable) words.push("DEFERRABLE");
  return words.join(" ");
}
var isolationWords = {
  "read uncommitted": "READ UNCOMMITTED",
  "read committed": "READ COMMITTED",
  "repeatable read": "REPEATABLE READ",
  serializable: "SERIALIZABLE"
};

// src/pg/create-session.ts
function createSession(options) {
  const { node, connection: config, pool: limits, events, showValues = false } = options;
  const settingsFor = createSettings({
    always: options.context === "always",
    readOnly: options.readOnly ?? false,
    queryTimeout: limits.queryTimeout
  });
  const profiles = createProfiles();
  const opener = createOpener({ node, connection: config, pool: limits, events });
  const max = limits.maxConnections - limits.lanes;
  const pool = createPool({ node, config: limits, max, opener, events });
  const lanes = createLanes({ node, config: limits, opener, events, settingsFor, overflow });
  let closing;
  async function execute(operation, statement) {
    operation.node = node;
    const profile = profiles(statement.text);
    if (profile.control) throw transactionStatement({ command: profile.verb });
    for (let tries = 1; ; tries++) {
      if (closing !== void 0) throw closed({ node, outcome: "never sent" });
      if (operation.deadline !== void 0 || operation.signal !== void 0) refuseLate(node, operation);
      try {
        return await attempt(operation, statement, profile);
      } catch (error) {
        if (tries === 1 && isHarmlessToRepeat(error, operation)) continue;
        throw withCallersStack(explain(error, operation));
      }
    }
  }
  async function attempt(operation, statement, profile) {
    const queuedAt = performance.now();
    const joined = operation.kind === "read" && lanes.suits(profile) ? lanes.run(operation, statement, profile) : void 0;
    const shared = joined instanceof Promise ? await joined : joined;
    const call = shared ?? await startLeased(operation, statement, profile);
    const sentAt = performance.now();
    const via = shared === void 0 ? "dedicated" : "lane";
    try {
      const result = await call.promise;
      operation.timings.database += performance.now() - sentAt;
      if (events.listened("statement")) report2(via, operation, statement, queuedAt, sentAt, result, void 0);
      return result;
    } catch (error) {
      operation.timings.database += performance.now() - sentAt;
      if (events.listened("statement")) report2(via, operation, statement, queuedAt, sentAt, void 0, error);
      throw error;
    }
  }
  function report2(via, operation, statement, queuedAt, sentAt, result, error) {
    const [queue, database] = [sentAt - queuedAt, performance.now() - sentAt];
    reportStatement(events, { node, operation, statement, via, queue, database, result, error, showValues });
  }
  async function startLeased(operation, statement, profile) {
    const lease2 = pool.take(operation) ?? await pool.acquire(operation, profile.mean * 1.2 + 2);
    if (profile.taints) lease2.spoiled = true;
    const call = new LeasedCall(lease2, operation, opener, (unit) => {
      noteTime(profile, unit.serviceTime);
      pool.release(lease2);
    });
    const settings = profile.atomic || operation.context ? settingsFor(operation, lease2.connection) : void 0;
    lease2.connection.submit(createUnit({ statement, settings, atomic: profile.atomic, owner: call }));
    return call;
  }
  function overflow(call) {
    const { operation, statement } = call;
    pool.acquire(operation).then(
      (lease2) => {
        if (call.done) return pool.release(lease2);
        call.submitted();
        const owner = {
          settled(unit, failure) {
            pool.release(lease2);
            call.settled(unit, failure);
          }
        };
        lease2.connection.submit(createUnit({ statement, settings: settingsFor(operation, lease2.connection), owner }));
      },
      () => {
      }
    );
  }
  function explain(error, operation) {
    return explainCancel(node, operation, limits.queryTimeout, error);
  }
  async function lease(operation, work) {
    if (closing !== void 0) throw closed({ node, outcome: "never sent" });
    refuseLate(node, operation);
    operation.node = node;
    const held = pool.take(operation) ?? await pool.acquire(operation);
    try {
      return await work(held);
    } catch (error) {
      throw explain(error, operation);
    } finally {
      pool.release(held);
    }
  }
  async function dress({ connection }, operation) {
    const left = operation.deadline === void 0 ? 0 : Math.max(1, Math.ceil(operation.deadline - performance.now()));
    const settings = [...operation.context?.settings ?? [], ["statement_timeout", String(left)]];
    const calls = settings.map(([name, value]) => `set_config(${literal(name)}, ${literal(value)}, false)`);
    await runStatement(connection, `SELECT ${calls.join(", ")}`);
  }
  async function begin(operation, transactionOptions = {}) {
    if (closing !== void 0) throw closed({ node, outcome: "never sent" });
    refuseLate(node, operation);
    operation.node = node;
    const held = pool.take(operation) ?? await pool.acquire(operation);
    return openTransaction({
      node,
      lease: held,
      operation,
      options: options.readOnly ? { ...transactionOptions, readOnly: true } : transactionOptions,
      opener,
      settingsFor,
      profiles,
      explain,
      report(of, statement, sentAt, result, error) {
        if (events.listened("statement")) report2("transaction", of, statement, sentAt, sentAt, result, error);
      },
      release: () => pool.release(held)
    });
  }
  async function shutDown(patience) {
    lanes.stop();
    pool.stop();
    const drained = Promise.all([lanes.drained(), pool.drained()]);
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(() => resolve("late"), patience);
    });
    const first = await Promise.race([drained, late]);
    clearTimeout(timer);
    if (first !== "late") return;
    const reason = closed({ node, outcome: "unknown" });
    for (const part of [pool, lanes]) part.dismiss(closed({ node, outcome: "never sent" }));
    await Promise.all([...pool.connections(), ...lanes.connections()].map((connection) => breakOff(connection, reason)));
    await drained;
  }
  async function breakOff(connection, reason) {
    if (connection.inFlight.length > 0) await opener.cancel(connection);
    connection.destroy(reason);
  }
  return {
    node,
    execute,
    script: (operation, text2) => lease(operation, async (held) => {
      held.spoiled = true;
      await dress(held, operation);
      await runUnit(held.connection, { statement: { text: text2, values: [] }, simple: true, atomic: false, held: true });
    }),
    begin,
    async transaction(operation, transactionOptions, body) {
      const tx = await begin(operation, transactionOptions);
      try {
        const value = await body(tx);
        await tx.commit();
        return value;
      } catch (error) {
        await tx.rollback();
        throw error;
      }
    },
    client: (operation, body) => lease(operation, async (held) => {
      held.spoiled = true;
      await dress(held, operation);
      return held.connection.lend(body);
    }),
    stats: () => ({
      node,
      pool: { max, open: pool.size, busy: pool.busy, waiting: pool.waiting },
      lanes: { max: limits.lanes, open: lanes.size, inFlight: lanes.inFlight, waiting: lanes.waiting }
    }),
    close: ({ deadline = 1e4 } = {}) => closing ??= shutDown(deadline)
  };
}
function isHarmlessToRepeat(error, operation) {
  if (isDatabaseError(error)) return isStaleStatement(error);
  if (!isSubstrataError(error, "SUB_CONNECTION_LOST")) return false;
  return operation.kind === "read" || "outcome" in error.details && error.details.outcome === "never sent";
}
function withCallersStack(error) {
  if (error instanceof Error) Error.captureStackTrace(error, withCallersStack);
  return error;
}

// src/core/config.ts
import { z } from "zod/v3";

// src/core/config-errors.ts
var configInvalid = defineError({
  code: "SUB_CONFIG_INVALID",
  summary: "The configuration has faults; all of them are listed.",
  mend: "Correct them in the call of defineConfig() or in the environment.",
  message: ({ faults }) => `The configuration has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:
${faults.map((fault) => `  - ${fault}`).join("\n")}
`
});

// src/core/connection-url.ts
import { isIP } from "node:net";

// src/core/secret.ts
import { inspect } from "node:util";
var mask = "[secret]";
function secret(value) {
  return Object.freeze({
    reveal: () => value,
    toString: () => mask,
    toJSON: () => mask,
    [inspect.custom]: () => mask
  });
}

// src/core/tls.ts
import { readFileSync } from "node:fs";
var modes = ["disable", "require", "verify-ca", "verify-full"];
function tlsConfig(path, input, site, faults) {
  const before = faults.length;
  const mode = chooseMode(path, input, site, faults);
  const { rootCertificate: root, certificate, key } = input;
  if (mode === "disable" && [root, certificate, key].some((file) => file !== void 0))
    faults.push(`${path}: certificates are given, but sslmode is disable`);
  if (root === "system" && mode !== "verify-full")
    faults.push(`${path}: sslrootcert=system needs sslmode=verify-full, for anyone can have a certificate signed`);
  if (certificate === void 0 !== (key === void 0)) faults.push(`${path}: sslcert and sslkey belong together`);
  const { negotiation = "postgres", channelBinding = "prefer" } = input;
  if (negotiation !== "postgres" && negotiation !== "direct")
    faults.push(`${path}: sslnegotiation is neither postgres nor direct`);
  if (negotiation === "direct" && mode === "disable")
    faults.push(`${path}: sslnegotiation=direct needs TLS, but sslmode is disable`);
  if (channelBinding === "require")
    faults.push(`${path}: channel_binding=require cannot be enforced by pg; use sslmode=verify-full and prefer`);
  else if (channelBinding !== "prefer" && channelBinding !== "disable")
    faults.push(`${path}: channel_binding is neither prefer nor disable`);
  const rootCertificate = root === "system" ? void 0 : read(path, "sslrootcert", root, faults);
  const config = {
    rootCertificate,
    certificate: read(path, "sslcert", certificate, faults),
    key: hidden(read(path, "sslkey", key, faults)),
    keyPassword: hidden(input.keyPassword),
    revocationList: read(path, "sslcrl", input.revocationList, faults),
    direct: negotiation === "direct",
    channelBinding: channelBinding === "prefer"
  };
  if (faults.length > before || mode === void 0) return void 0;
  const strict = mode === "require" && rootCertificate !== void 0 ? "verify-ca" : mode;
  return { mode: strict, ...config };
}
function chooseMode(path, input, site, faults) {
  const { mode } = input;
  if (mode === void 0) {
    if (site.local || !site.mustChoose) return "disable";
    faults.push(
      `${path} does not say whether to use TLS: add sslmode=verify-full (or, on a network you trust, sslmode=disable)`
    );
    return void 0;
  }
  if (isMode(mode)) return mode;
  if (mode === "prefer" || mode === "allow")
    faults.push(`${path}: sslmode=${mode} sends everything in plain text when asked to: choose require or disable`);
  else if (mode === "no-verify")
    faults.push(`${path}: sslmode=no-verify is not libpq's word: require does not check the certificate`);
  else faults.push(`${path}: sslmode is none of ${modes.join(", ")}`);
  return void 0;
}
function isMode(mode) {
  return modes.includes(mode);
}
function hidden(value) {
  return value === void 0 ? void 0 : secret(value);
}
function read(path, name, file, faults) {
  if (file === void 0) return void 0;
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code2 = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    faults.push(`${path}: the file of ${name} cannot be read (${code2})`);
    return void 0;
  }
}

// src/core/connection-url.ts
function parseConnectionUrl(path, text2, options, faults) {
  let url2;
  try {
    url2 = new URL(text2);
  } catch {
    faults.push(`${path} is not a URL; percent-encode special characters of the password`);
    return void 0;
  }
  if (url2.protocol !== "postgresql:" && url2.protocol !== "postgres:") {
    faults.push(`${path} does not start with postgresql://`);
    return void 0;
  }
  const before = faults.length;
  const parameters = readParameters(path, url2, faults);
  const host = parameters.host ?? decode(path, url2.hostname.replace(/^\[|\]$/g, ""), faults);
  const user = decode(path, url2.username, faults);
  const database = decode(path, url2.pathname.slice(1), faults);
  if (host === "") faults.push(`${path} names no host`);
  if (user === "") faults.push(`${path} names no user`);
  if (database === "") faults.push(`${path} names no database`);
  if (host.includes(",")) faults.push(`${path} names several hosts; give one URL per node (replicas: [\u2026])`);
  const password = decode(path, url2.password, faults);
  const tls = tlsConfig(
    path,
    { ...parameters.tls, ...options.tls },
    { local: isLocal(host), mustChoose: options.mustChooseTls },
    faults
  );
  if (faults.length > before || tls === void 0) return void 0;
  const connection = {
    host,
    port: url2.port === "" ? 5432 : Number(url2.port),
    database,
    user,
    password: password === "" ? void 0 : secret(password),
    tls,
    schema: parameters.schema,
    options: parameters.options,
    url: secret(withoutPrismaParameters(url2))
  };
  return { connection, settings: parameters.settings };
}
var prismaParameters = [
  "schema",
  "connection_limit",
  "pool_timeout",
  "socket_timeout",
  "pgbouncer",
  "statement_cache_size"
];
function readParameters(path, url2, faults) {
  const found = { tls: {}, settings: {} };
  for (const [name, value] of url2.searchParams) {
    const whole = () => wholeNumber(path, name, value, faults);
    switch (name) {
      case "host":
        found.host = value;
        break;
      case "schema":
        found.schema = value;
        break;
      case "options":
        found.options = value;
        break;
      case "application_name":
        found.settings.applicationName = value;
        break;
      case "connection_limit":
        found.settings.maxConnections = whole();
        break;
      case "pool_timeout":
        found.settings.acquireTimeout = whole() * 1e3;
        break;
      case "connect_timeout":
        found.settings.connectTimeout = whole() * 1e3;
        break;
      case "pgbouncer":
        if (value === "true") found.settings.namedStatements = false;
        break;
      case "sslmode":
        found.tls.mode = value;
        break;
      case "sslrootcert":
        found.tls.rootCertificate = value;
        break;
      case "sslcert":
        found.tls.certificate = value;
        break;
      case "sslkey":
        found.tls.key = value;
        break;
      case "sslpassword":
        found.tls.keyPassword = value;
        break;
      case "sslcrl":
        found.tls.revocationList = value;
        break;
      case "sslnegotiation":
        found.tls.negotiation = value;
        break;
      case "channel_binding":
        found.tls.channelBinding = value;
        break;
      default:
        faults.push(`${path} has the parameter ${JSON.stringify(name.slice(0, 40))}, ${refusal(name)}`);
    }
  }
  return found;
}
var refused = {
  sslaccept: "which is Prisma's former engine's: write sslmode=verify-full or sslmode=require",
  sslidentity: "which is Prisma's former engine's: write sslcert and sslkey",
  socket_timeout: "which nothing reads: set queryTimeout",
  statement_cache_size: "which nothing reads: set namedStatements",
  target_session_attrs: "which nothing reads: give one URL per node"
};
function refusal(name) {
  return refused[name] ?? "which is not known here";
}
function wholeNumber(path, name, value, faults) {
  if (/^\d{1,9}$/.test(value)) return Number(value);
  faults.push(`${path}: ${name} is not a whole number`);
  return 0;
}
function decode(path, value, faults) {
  try {
    return decodeURIComponent(value);
  } catch {
    faults.push(`${path} holds a % that is not part of an escape; write %25`);
    return value;
  }
}
function withoutPrismaParameters(url2) {
  const copy = new URL(url2);
  for (const name of prismaParameters) copy.searchParams.delete(name);
  return copy.href;
}
function isLocal(host) {
  if (host.startsWith("/") || host === "localhost") return true;
  return isIP(host) !== 0 && (host === "::1" || host.startsWith("127."));
}

// src/core/config.ts
var presets = {
  development: { maxConnections: 5, logging: true },
  test: { maxConnections: 5, logging: false },
  staging: { maxConnections: 10, logging: true },
  production: { maxConnections: 20, logging: false }
};
var environments = ["development", "test", "staging", "production"];
var milliseconds = z.number().int().min(0).max(2147483647);
var count = z.number().int().min(1).max(1e4);
var schema = z.strictObject({
  environment: z.enum(environments, { message: `is none of ${environments.join(", ")}` }),
  url: z.string({ required_error: "is missing: set DATABASE_URL" }).min(1, "is empty: set DATABASE_URL"),
  replicas: z.array(z.string().min(1)),
  maxConnections: count,
  minConnections: z.number().int().min(0),
  lanes: z.number().int().min(0).max(64).optional(),
  laneDepth: count,
  queryTimeout: milliseconds,
  acquireTimeout: milliseconds.min(1),
  maxWaiting: z.number().int().min(0),
  connectTimeout: milliseconds.min(1),
  idleTimeout: milliseconds,
  maxLifetime: milliseconds,
  leakThreshold: milliseconds,
  logging: z.boolean(),
  slowQuery: milliseconds,
  showValues: z.boolean(),
  namedStatements: z.union([z.literal("auto"), z.boolean()], {
    errorMap: () => ({ message: "is neither 'auto', true nor false" })
  }),
  applicationName: z.string().min(1).max(63),
  tls: z.strictObject({
    mode: z.string().optional(),
    rootCertificate: z.string().optional(),
    certificate: z.string().optional(),
    key: z.string().optional(),
    keyPassword: z.string().optional(),
    revocationList: z.string().optional(),
    negotiation: z.string().optional(),
    channelBinding: z.string().optional()
  })
});
function defineConfig(input = {}, env = process.env) {
  const faults = [];
  const environment = input.environment ?? env.SUBSTRATA_ENV ?? env.NODE_ENV ?? "development";
  const fromCode = defined(input);
  const merged = {
    ...defaults,
    ...isEnvironment(environment) ? presets[environment] : presets.production,
    ...fromEnvironment(env, faults),
    ...fromCode
  };
  const tls = schema.shape.tls.safeParse(merged.tls);
  const site = { tls: tls.success ? tls.data : {}, mustChooseTls: !["development", "test"].includes(environment) };
  const parse = (path, url2) => typeof url2 === "string" && url2 !== "" ? parseConnectionUrl(path, url2, site, faults) : void 0;
  const primary = parse("url", merged.url);
  const replicas = (Array.isArray(merged.replicas) ? merged.replicas : []).map((url2, i) => parse(`replicas[${i}]`, url2));
  const { success, data, error } = schema.safeParse({ ...merged, environment, ...primary?.settings, ...fromCode });
  if (error) for (const issue of error.issues) faults.push(`${issue.path.join(".")} ${issue.message}`.trimStart());
  if (!success || primary === void 0 || faults.length > 0) throw configInvalid({ faults });
  const lanes = data.lanes ?? Math.min(4, Math.floor(data.maxConnections / 4));
  if (lanes > 0 && lanes >= data.maxConnections)
    faults.push("lanes leaves no connection for writes: it must be below maxConnections");
  if (data.minConnections > data.maxConnections) faults.push("minConnections is above maxConnections");
  if (faults.length > 0) throw configInvalid({ faults });
  return deepFreeze({
    environment: data.environment,
    primary: primary.connection,
    replicas: replicas.flatMap((replica) => replica === void 0 ? [] : [replica.connection]),
    pool: {
      maxConnections: data.maxConnections,
      lanes,
      minConnections: data.minConnections,
      laneDepth: data.laneDepth,
      queryTimeout: data.queryTimeout,
      acquireTimeout: data.acquireTimeout,
      maxWaiting: data.maxWaiting,
      connectTimeout: data.connectTimeout,
      idleTimeout: data.idleTimeout,
      maxLifetime: data.maxLifetime,
      leakThreshold: data.leakThreshold,
      namedStatements: data.namedStatements,
      applicationName: data.applicationName
    },
    logging: data.logging,
    slowQuery: data.slowQuery,
    showValues: data.showValues
  });
}
var defaults = {
  replicas: [],
  minConnections: 1,
  laneDepth: 64,
  queryTimeout: 3e4,
  acquireTimeout: 5e3,
  maxWaiting: 1e4,
  connectTimeout: 5e3,
  idleTimeout: 6e4,
  maxLifetime: 30 * 6e4,
  leakThreshold: 0,
  slowQuery: 500,
  showValues: false,
  namedStatements: "auto",
  applicationName: "substrata",
  tls: {}
};
function isEnvironment(name) {
  return environments.some((environment) => environment === name);
}
function fromEnvironment(env, faults) {
  const whole = (name) => {
    const value = env[name];
    if (value === void 0 || value === "") return void 0;
    if (/^\d{1,10}$/.test(value)) return Number(value);
    faults.push(`${name} is not a whole number`);
    return void 0;
  };
  return defined({
    url: env.DATABASE_URL,
    replicas: env.DATABASE_REPLICA_URLS?.split(/\s+/).filter((url2) => url2 !== ""),
    maxConnections: whole("DATABASE_MAX_CONNECTIONS"),
    minConnections: whole("DATABASE_MIN_CONNECTIONS"),
    queryTimeout: whole("DATABASE_QUERY_TIMEOUT"),
    acquireTimeout: whole("DATABASE_ACQUIRE_TIMEOUT")
  });
}
function defined(input) {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== void 0));
}
function deepFreeze(value) {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

// src/core/events.ts
function createEvents() {
  const listeners = {
    operation: /* @__PURE__ */ new Set(),
    statement: /* @__PURE__ */ new Set(),
    connection: /* @__PURE__ */ new Set(),
    warning: /* @__PURE__ */ new Set()
  };
  return {
    on(name, listener) {
      listeners[name].add(listener);
      return () => listeners[name].delete(listener);
    },
    listened: (name) => listeners[name].size > 0,
    emit(name, event) {
      for (const listener of listeners[name]) notify(name, listener, event);
    }
  };
}
function notify(name, listener, event) {
  try {
    const returned = listener(event);
    if (returned instanceof Promise) returned.catch((error) => report(name, error));
  } catch (error) {
    report(name, error);
  }
}
function report(name, error) {
  const what = error instanceof Error ? error.stack ?? error.message : String(error);
  process.emitWarning(`a listener for '${name}' failed: ${what}`, { code: "SUB_LISTENER_FAILED" });
}

// zz-bench.mts
var url = readFileSync2("/tmp/pgx/url", "utf8").trim();
var raw = new pg.Pool({ connectionString: url, max: 16 });
await raw.query(`create table if not exists posts(id int primary key, title text, views int, published bool, created_at timestamptz default now(), author_id int)`);
if (!(await raw.query("select 1 from posts limit 1")).rowCount) await raw.query(`insert into posts select i, 'A title of some length '||i, i%1000, i%2=0, now(), i%100 from generate_series(1,100000) i`);
await raw.query("vacuum analyze posts");
var Q1 = "select id,title,views,published,created_at,author_id from posts where id=$1";
var mk = (lanes, max = 16) => createSession({ node: "primary", ...(() => {
  const c = defineConfig({ url, environment: "development", maxConnections: max, lanes }, {});
  return { connection: c.primary, pool: c.pool };
})(), events: createEvents() });
var s1 = mk(1);
var s2 = mk(2);
var s4 = mk(4);
var s0 = mk(0);
var ctx = createContext({ userId: "u1", tenantId: "t1", role: void 0 });
var rid = () => 1 + Math.floor(Math.random() * 99e3);
var st = () => ({ text: Q1, values: [String(rid())] });
var op = (context) => startOperation({ name: "x", kind: "read", context });
var cases = {
  "pg pool 16 named": () => raw.query({ name: "q1", text: Q1, values: [rid()] }),
  "lanes 1": () => s1.execute(op(), st()),
  "lanes 2": () => s2.execute(op(), st()),
  "lanes 4": () => s4.execute(op(), st()),
  "dedicated 16": () => s0.execute(op(), st())
};
var sc = mk(1);
var scd = mk(0);
cases["lanes 1 ctx"] = () => sc.execute(op(ctx), st());
cases["dedicated ctx"] = () => scd.execute(op(ctx), st());
var only = process.argv[2];
if (only) {
  for (const k of Object.keys(cases)) if (!only.split(",").includes(k)) delete cases[k];
}
async function run(f, c, ms2) {
  let n = 0;
  const t = performance.now(), end = t + ms2;
  await Promise.all(Array.from({ length: c }, async () => {
    while (performance.now() < end) {
      await f();
      n++;
    }
  }));
  return n / (performance.now() - t) * 1e3;
}
for (const n in cases) {
  await cases[n]();
  await run(cases[n], 16, 200);
}
var res = {};
var rounds = Number(process.argv[3] ?? 3);
var ms = Number(process.argv[4] ?? 300);
for (let r = 0; r < rounds; r++) for (const c of [1, 16, 64]) for (const n in cases) ((res[n] ??= {})[c] ??= []).push(await run(cases[n], c, ms));
var med = (a) => a.slice().sort((x, y) => x - y)[a.length >> 1];
for (const n in cases) console.log(n.padEnd(20), "c1", med(res[n][1]).toFixed(0).padStart(6), "c16", med(res[n][16]).toFixed(0).padStart(6), "c64", med(res[n][64]).toFixed(0).padStart(6));
console.log(s4.stats().lanes, s1.stats().lanes);
process.exit(0);
