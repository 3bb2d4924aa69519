/**
 * Reads one item ahead of whoever takes them: the next batch is read while the database works on the one before. An abort ends
 * the wait for a source that does not answer.
 */
export async function* ahead<T>(
  items: AsyncIterable<T>,
  signal: AbortSignal | undefined,
  abortError: () => Error,
): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]()
  let stop: (() => void) | undefined
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(abortError())
    if (signal?.aborted) stop()
    else signal?.addEventListener('abort', stop, { once: true })
  })
  stopped.catch(() => {})
  function next(): Promise<IteratorResult<T>> {
    const read = Promise.race([iterator.next(), stopped])
    // It is awaited in its turn.
    read.catch(() => {})
    return read
  }
  let done = false
  try {
    for (let coming = next(); ; ) {
      const { value, done: isOver } = await coming
      if (isOver) {
        done = true
        return
      }
      coming = next()
      yield value
    }
  } finally {
    if (stop) signal?.removeEventListener('abort', stop)
    // Not awaited: a source that hangs would hang us too.
    if (!done) void Promise.resolve(iterator.return?.()).catch(() => {})
  }
}
