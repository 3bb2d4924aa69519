/** What importFrom() takes, opened. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Runtime } from '../../../query/call.ts'
import type { Table } from '../../../query/index.ts'
import { type CsvOptions, csvReader } from './csv.ts'
import { type CutOptions, cutRecords, recordText, withoutFirst } from './cut.ts'
import { importSource } from './errors.ts'
import { objectReader, readNdjson, readObjects } from './objects.ts'
import type { Batch } from './record.ts'

/** A source that can be read from any position, as a file can. */
export interface ReplayableSource {
  /** Bytes from a position on. */
  read(offset: number): AsyncIterable<Uint8Array>
  /** Bytes in all, where known. */
  readonly size?: number
}

export type ImportFormat = 'csv' | 'ndjson'

/** A path or file URL, bytes, anything that can be read from a position, or objects. */
export type ImportSource = string | URL | ReplayableSource | AsyncIterable<unknown> | Iterable<unknown>

export interface OpenOptions extends CsvOptions {
  readonly format: ImportFormat | undefined
  readonly batch: number
}

/** A source whose batches can be read. */
export interface OpenSource {
  /** True where reading may begin anywhere. */
  readonly replayable: boolean
  /** Bytes in all, where known; objects have no size. */
  readonly size: number | undefined
  batches(from: { readonly position: number; readonly lines: number }): AsyncIterable<Batch>
}

/** @throws SUB_IMPORT_SOURCE, and whatever the file system says of a path */
export async function openSource(
  source: unknown,
  table: Table,
  runtime: Runtime,
  options: OpenOptions,
): Promise<OpenSource> {
  if (typeof source === 'string' || source instanceof URL) {
    const path = typeof source === 'string' ? source : fileURLToPath(source)
    const { size } = await stat(path)
    const format = options.format ?? formatOf(path)
    return openBytes(
      { read: (start) => createReadStream(path, { start, highWaterMark: CHUNK }), size },
      table,
      runtime,
      { ...options, format },
      true,
    )
  }
  if (isReplayable(source)) return openBytes(source, table, runtime, options, true)
  if (!isIterable(source)) throw importSource({ fault: 'is neither a path nor a stream nor an iterable' })
  if (options.format === undefined) {
    const reader = objectReader(table, runtime)
    return { replayable: false, size: undefined, batches: () => readObjects(reader, source, options.batch) }
  }
  return openBytes({ read: () => bytesOf(source) }, table, runtime, options, false)
}

/** Bytes that a file is read by. */
const CHUNK = 256 * 1024

function formatOf(path: string): ImportFormat {
  if (/\.(csv|tsv)$/i.test(path)) return 'csv'
  if (/\.(ndjson|jsonl)$/i.test(path)) return 'ndjson'
  throw importSource({ fault: 'is a file whose name does not tell its format' })
}

function isReplayable(source: unknown): source is ReplayableSource {
  // A stream has a `read` too, which is another.
  return typeof source === 'object' && source !== null && !isIterable(source) && 'read' in source
}

function isIterable(source: unknown): source is AsyncIterable<unknown> | Iterable<unknown> {
  return typeof source === 'object' && source !== null && (Symbol.asyncIterator in source || Symbol.iterator in source)
}

async function* bytesOf(source: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    if (typeof chunk === 'string') yield Buffer.from(chunk)
    else if (chunk instanceof Uint8Array) yield chunk
    else throw importSource({ fault: 'yields something else than bytes, though a format was given' })
  }
}

function openBytes(
  source: ReplayableSource,
  table: Table,
  runtime: Runtime,
  options: OpenOptions,
  replayable: boolean,
): OpenSource {
  const { format, batch: size, delimiter = ',' } = options
  if (format === undefined) throw importSource({ fault: 'is of bytes, and no format was given' })
  const cut: CutOptions = { quotes: format === 'csv', delimiter: delimiter.charCodeAt(0), size, start: 0, lines: 0 }
  const { size: bytes } = source

  async function* ndjson(position: number, lines: number): AsyncGenerator<Batch> {
    const reader = objectReader(table, runtime)
    for await (const each of cutRecords(source.read(position), { ...cut, start: position, lines }))
      yield readNdjson(reader, each)
  }

  async function* csv(position: number, lines: number): AsyncGenerator<Batch> {
    let reader = position === 0 ? undefined : csvReader(await headerOf(source, cut), table, runtime, options)
    for await (const each of cutRecords(source.read(position), { ...cut, start: position, lines })) {
      reader ??= csvReader(recordText(each, 0), table, runtime, options)
      yield reader.read(each.start === 0 ? withoutFirst(each) : each)
    }
  }

  return {
    replayable,
    size: bytes,
    batches: ({ position, lines }) => (format === 'csv' ? csv : ndjson)(position, lines),
  }
}

async function headerOf(source: ReplayableSource, cut: CutOptions): Promise<Buffer> {
  for await (const first of cutRecords(source.read(0), { ...cut, size: 1 })) return recordText(first, 0)
  return Buffer.alloc(0)
}
