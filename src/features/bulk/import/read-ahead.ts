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
  function next(): Promise<IteratorResult<T>> {
    const read = unlessAborted(() => iterator.next(), signal, abortError)
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
    // Not awaited: a source that hangs would hang us too.
    if (!done) void Promise.resolve(iterator.return?.()).catch(() => {})
  }
}

/** Not a race with one promise of the abort: that would keep every item that was ever read. */
function unlessAborted<T>(
  work: () => Promise<T>,
  signal: AbortSignal | undefined,
  abortError: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(abortError())
    if (signal?.aborted) return stop()
    signal?.addEventListener('abort', stop, { once: true })
    work()
      .then(resolve, reject)
      .finally(() => signal?.removeEventListener('abort', stop))
  })
}
