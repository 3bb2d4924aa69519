/**
 * Cuts bytes into records without reading them: at line feeds, for CSV only at those that stand outside quotes. So positions in
 * the source are exact, and a record that cannot be read takes no other with it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */

/** Some whole records. */
export interface Cut {
  readonly bytes: Buffer
  /** Where each record ends in `bytes`, its line feed included. */
  readonly ends: readonly number[]
  /** The line on which each begins, from 1. */
  readonly lines: readonly number[]
  /** Where `bytes` begins in the source. */
  readonly start: number
  /** Lines of the source up to the end of `bytes`. */
  readonly linesAfter: number
}

export interface CutOptions {
  /** Double quotes hold line feeds. */
  readonly quotes: boolean
  readonly delimiter: number
  /** Records of one cut. */
  readonly size: number
  /** Where the bytes begin in the source, and after how many lines. */
  readonly start: number
  readonly lines: number
}

const [LINE_FEED, RETURN, QUOTE] = [10, 13, 34]
/** Bytes of a record that is taken for one: a quote that is never closed must not swallow the rest. */
const LONGEST_RECORD = 4 * 1024 * 1024
/** Bytes of one cut, about. */
const LARGEST_CUT = 1024 * 1024

export async function* cutRecords(chunks: AsyncIterable<Uint8Array>, options: CutOptions): AsyncGenerator<Cut> {
  let pending: Buffer = Buffer.alloc(0)
  let arrived: Uint8Array[] = []
  let waiting = 0
  let start = options.start
  let lines = options.lines
  function* cutsOf(last: boolean): Generator<Cut> {
    for (;;) {
      const cut = cutBytes(pending, options, last, lines)
      if (cut === undefined) return
      yield { ...cut, start }
      start += cut.bytes.length
      lines = cut.linesAfter
      pending = pending.subarray(cut.bytes.length)
    }
  }
  for await (const chunk of chunks) {
    arrived.push(chunk)
    waiting += chunk.length
    // Joining and looking through the same bytes at every chunk would be quadratic.
    if (waiting < LARGEST_CUT) continue
    pending = Buffer.concat([pending, ...arrived])
    arrived = []
    waiting = 0
    yield* cutsOf(false)
  }
  pending = Buffer.concat([pending, ...arrived])
  yield* cutsOf(true)
}

/** The first records of some bytes; nothing where there is no whole cut, unless these are the last bytes. */
function cutBytes(
  bytes: Buffer,
  { quotes, delimiter, size }: CutOptions,
  last: boolean,
  linesBefore: number,
): Omit<Cut, 'start'> | undefined {
  const ends: number[] = []
  const lines: number[] = []
  let line = linesBefore + 1
  let from = 0
  while (from < bytes.length && ends.length < size) {
    const found = recordEnd(bytes, from, quotes, delimiter)
    const whole = found.end !== -1 || last || bytes.length - from > LONGEST_RECORD
    if (!whole) break
    const isLast = found.end === -1 && last && !found.open
    // A quote that nobody closes: the line stands for itself.
    const end = found.end !== -1 ? found.end : isLast ? bytes.length : lineEnd(bytes, from)
    ends.push(end)
    lines.push(line)
    line += found.end !== -1 || isLast ? found.feeds : 1
    from = end
  }
  if (ends.length === 0) return undefined
  return { bytes: bytes.subarray(0, from), ends, lines, linesAfter: line - 1 }
}

function lineEnd(bytes: Buffer, from: number): number {
  const feed = bytes.indexOf(LINE_FEED, from)
  return feed === -1 ? bytes.length : feed + 1
}

interface RecordEnd {
  /** -1 where it is not among the bytes. */
  readonly end: number
  readonly feeds: number
  /** The bytes end inside quotes. */
  readonly open: boolean
}

/** Where the record ends that begins at `from`, and how many line feeds it has. */
function recordEnd(bytes: Buffer, from: number, quotes: boolean, delimiter: number): RecordEnd {
  const feed = bytes.indexOf(LINE_FEED, from)
  if (!quotes || !bytes.subarray(from, feed === -1 ? bytes.length : feed).includes(QUOTE))
    return { end: feed === -1 ? -1 : feed + 1, feeds: 1, open: false }
  let feeds = 1
  let quoted = false
  let begins = true
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (quoted) {
      // A doubled quote closes and opens at once.
      if (byte === QUOTE) quoted = false
      else if (byte === LINE_FEED) feeds++
      begins = byte === QUOTE
    } else if (byte === LINE_FEED) {
      return { end: at + 1, feeds, open: false }
    } else if (byte === QUOTE && begins) {
      quoted = true
    } else {
      begins = byte === delimiter
    }
    if (at - from > LONGEST_RECORD) break
  }
  return { end: -1, feeds, open: quoted }
}

/** A record without its line feed. */
export function recordText({ bytes, ends }: Cut, i: number): Buffer {
  const from = i === 0 ? 0 : ends[i - 1]!
  let to = ends[i]!
  if (to > from && bytes[to - 1] === LINE_FEED) to--
  if (to > from && bytes[to - 1] === RETURN) to--
  return bytes.subarray(from, to)
}

export function withoutFirst({ bytes, ends: [first = 0, ...ends], lines, start, linesAfter }: Cut): Cut {
  const shifted = ends.map((end) => end - first)
  return { bytes: bytes.subarray(first), ends: shifted, lines: lines.slice(1), start: start + first, linesAfter }
}
