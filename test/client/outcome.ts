/** What a call came to, in a form that two clients' answers can be compared in. */
export interface Outcome {
  readonly value?: unknown
  readonly error?: { readonly name: string; readonly code: unknown; readonly meta: unknown; readonly message: string }
}

export async function outcomeOf(call: () => PromiseLike<unknown>): Promise<Outcome> {
  try {
    return { value: await call() }
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const { name, message } = error
    const { code, meta } = error as { code?: unknown; meta?: unknown }
    return { error: { name, code, meta: plain(meta), message: withoutPlace(message) } }
  }
}

/** Errors nested in `meta` become objects, so that all of them is compared. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, inner]) => [name, plain(inner)])
  return { ...(value instanceof Error && { name: value.name, message: value.message }), ...Object.fromEntries(entries) }
}

/** Prisma quotes the line of the call, which is another for each client. */
function withoutPlace(message: string): string {
  return message.split('\n').at(-1) ?? ''
}
