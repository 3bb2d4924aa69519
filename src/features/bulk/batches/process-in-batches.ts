/** Items in batches, one transaction each. */
import { batchesStopped, bulkArgument } from '../errors.ts'

/** A client of Substrata, as far as batches need one. */
export interface RetryingClient<Tx> {
  $retry(body: (tx: Tx) => Promise<void>, options?: BatchRetry): Promise<void>
}

/** How often a batch that lost a conflict is run again; as `$retry` takes it. */
export interface BatchRetry {
  /** Runs at most, the first included. Default 5. */
  readonly attempts?: number
  /** Milliseconds over all attempts. Default 10 s. */
  readonly budget?: number
  /** Milliseconds that one attempt may take. Default 5 s. */
  readonly timeout?: number
}

export interface BatchOptions {
  /** Items of a batch. Default 100. */
  readonly size?: number
  /** Batches at a time, each on a connection of its own. Default 1. */
  readonly concurrency?: number
  readonly retry?: BatchRetry
  /** When it fires no batch is begun any more; those that run come to their end. */
  readonly signal?: AbortSignal
  /** Called after every batch. */
  readonly onProgress?: (done: BatchesDone) => void
}

export interface BatchesDone {
  readonly batches: number
  readonly items: number
  /** All items before this position are done. With one batch at a time that is all there is. */
  readonly before: number
}

/**
 * Gives items to `body` in batches, each in a transaction of its own, which is run again with growing, random pauses where it
 * lost a conflict (40001, 40P01). At a failure and when the signal fires no batch is begun any more, and what runs is awaited.
 *
 * @throws SUB_BATCHES_STOPPED with what is done in `details`, and the failure, or the signal's reason, as `cause`
 */
export async function processInBatches<Item, Tx>(
  db: RetryingClient<Tx>,
  items: Iterable<Item> | AsyncIterable<Item>,
  options: BatchOptions,
  body: (batch: readonly Item[], tx: Tx) => Promise<unknown>,
): Promise<BatchesDone> {
  const { size = 100, concurrency = 1, retry = {}, signal, onProgress } = options
  requireCount('size', size)
  requireCount('concurrency', concurrency)
  const batches = inSlices(items, size)
  const tally = createTally()
  let failure: { readonly reason: unknown } | undefined

  async function work(): Promise<void> {
    while (failure === undefined) {
      if (signal?.aborted) {
        failure = { reason: signal.reason }
        return
      }
      const { value: batch, done } = await batches.next()
      if (done || failure !== undefined) return
      await db.$retry(async (tx) => void (await body(batch.items, tx)), retry)
      tally.add(batch)
      onProgress?.(tally.done())
    }
  }

  const workers = Array.from({ length: concurrency }, () =>
    work().catch((reason: unknown) => {
      failure ??= { reason }
    }),
  )
  await Promise.all(workers)
  // The end of the source while an abort waits is an end all the same; what it was reading from is closed either way.
  await batches.return(undefined)
  if (failure !== undefined) throw batchesStopped(tally.done(), { cause: failure.reason })
  return tally.done()
}

function requireCount(argument: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw bulkArgument({ operation: 'processInBatches', argument, fault: 'takes a whole number from 1 on' })
}

interface Slice<Item> {
  readonly start: number
  readonly items: readonly Item[]
}

async function* inSlices<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  size: number,
): AsyncGenerator<Slice<Item>, undefined> {
  let slice: Item[] = []
  let start = 0
  for await (const item of items) {
    slice.push(item)
    if (slice.length < size) continue
    yield { start, items: slice }
    start += slice.length
    slice = []
  }
  if (slice.length > 0) yield { start, items: slice }
  return undefined
}

/** Counts batches, which may end in another order than they began. */
function createTally() {
  const ahead = new Map<number, number>()
  let [batches, items, before] = [0, 0, 0]
  return {
    add({ start, items: { length } }: Slice<unknown>): void {
      batches++
      items += length
      ahead.set(start, length)
      for (let next = ahead.get(before); next !== undefined; next = ahead.get(before)) {
        ahead.delete(before)
        before += next
      }
    },
    done: (): BatchesDone => ({ batches, items, before }),
  }
}
