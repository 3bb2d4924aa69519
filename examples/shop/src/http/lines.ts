import { isUtf8 } from 'node:buffer'

const LINE_FEED = 10

/** A line of a body: its text, or what is wrong with it. */
export type Line =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly fault: string }

/** The lines of a body as it arrives, from 1; empty ones are passed over. What is longer than `longest` bytes is dropped as it comes. */
export async function* linesOf(body: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<Line> {
  let pieces: Uint8Array[] = []
  let length = 0
  let number = 1
  function* take(): Generator<Line> {
    const bytes = Buffer.concat(pieces)
    if (length > longest) yield { number, fault: `The line is longer than ${longest} bytes.` }
    else if (!isUtf8(bytes)) yield { number, fault: 'The line is not UTF-8.' }
    else if (bytes.toString().trim() !== '') yield { number, text: bytes.toString() }
    pieces = []
    length = 0
    number++
  }
  for await (const chunk of body) {
    let from = 0
    for (let feed = chunk.indexOf(LINE_FEED); feed !== -1; feed = chunk.indexOf(LINE_FEED, from)) {
      add(chunk.subarray(from, feed))
      yield* take()
      from = feed + 1
    }
    add(chunk.subarray(from))
  }
  yield* take()

  function add(piece: Uint8Array): void {
    length += piece.length
    if (length <= longest) pieces.push(piece)
    else pieces = []
  }
}
