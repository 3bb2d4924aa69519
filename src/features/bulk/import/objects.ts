/** Records of objects: lines of NDJSON, or what an iterable of the caller yields. */
import { isUtf8 } from 'node:buffer'
import { definedEntries, isPlainObject, type Runtime } from '../../../query/call.ts'
import { missingField, type Table } from '../../../query/index.ts'
import { valueReader } from './cell.ts'
import { type Cut, recordText } from './cut.ts'
import { type BadRow, type Batch, badRowOf, type GoodRecord, type Shape, Unreadable } from './record.ts'

/** Reads objects as records; objects of the same fields share a shape. */
export interface ObjectReader {
  readonly read: (line: number, value: unknown) => GoodRecord | BadRow
}

export function objectReader(table: Table, runtime: Runtime): ObjectReader {
  const shapes = new Map<string, Shape>()
  const readers = new Map([...table.columns].map(([name, column]) => [name, valueReader(column, runtime)]))

  function shapeOf(fields: readonly string[]): Shape {
    const key = JSON.stringify(fields)
    const known = shapes.get(key)
    if (known) return known
    for (const field of fields)
      if (table.columns.get(field)?.field.generated !== undefined || !table.columns.has(field))
        throw new Unreadable(`no field of ${table.name}`, field)
    const missing = missingField(table, new Map(fields.map((field) => [field, true])))
    if (missing !== undefined) throw new Unreadable('missing', missing)
    const shape = { fields }
    shapes.set(key, shape)
    return shape
  }

  return {
    read(line, value) {
      try {
        if (!isPlainObject(value)) throw new Unreadable('not an object', undefined, value)
        const entries = definedEntries(value, runtime)
        const shape = shapeOf(entries.map(([name]) => name))
        return { line, shape, texts: entries.map(([name, each]) => readers.get(name)!(each)) }
      } catch (error) {
        return badRowOf(line, error)
      }
    },
  }
}

export function readNdjson(reader: ObjectReader, cut: Cut): Batch {
  const [good, bad]: [GoodRecord[], BadRow[]] = [[], []]
  cut.ends.forEach((_, i) => {
    const line = cut.lines[i]!
    const bytes = recordText(cut, i)
    if (bytes.length === 0) return
    const record = readLine(reader, line, bytes)
    if ('texts' in record) good.push(record)
    else bad.push(record)
  })
  return { good, bad, end: cut.start + cut.bytes.length, lines: cut.linesAfter }
}

function readLine(reader: ObjectReader, line: number, bytes: Buffer): GoodRecord | BadRow {
  if (!isUtf8(bytes)) return badRowOf(line, new Unreadable('not valid UTF-8'))
  let value: unknown
  try {
    value = JSON.parse(bytes.toString())
  } catch {
    return badRowOf(line, new Unreadable('not JSON'))
  }
  return reader.read(line, value)
}

/** Batches of an iterable's objects. */
export async function* readObjects(
  reader: ObjectReader,
  objects: AsyncIterable<unknown> | Iterable<unknown>,
  size: number,
): AsyncGenerator<Batch> {
  let [good, bad]: [GoodRecord[], BadRow[]] = [[], []]
  let line = 0
  for await (const object of objects) {
    const record = reader.read(++line, object)
    if ('texts' in record) good.push(record)
    else bad.push(record)
    if (good.length + bad.length < size) continue
    yield { good, bad, end: line, lines: line }
    ;[good, bad] = [[], []]
  }
  if (good.length + bad.length > 0) yield { good, bad, end: line, lines: line }
}
