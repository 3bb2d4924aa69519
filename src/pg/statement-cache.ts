import type { Prepared } from './unit.ts'

/** The named statements of one connection: so many at most, the one unused for longest makes way. */
export interface StatementCache {
  find(text: string): Prepared | undefined
  /** A new name for a text that is not in the cache. */
  add(text: string): Prepared
  /** Forgets a statement that the server does not have, or must not be used again. */
  drop(prepared: Prepared): void
  /** Forgets all, since the server has forgotten them. */
  clear(): void
  /** Names to be closed on the server with the next unit. */
  takeClosing(): readonly string[]
  readonly size: number
}

const none: readonly string[] = []

export function createStatementCache(limit: number, prefix = 'sub_'): StatementCache {
  const byText = new Map<string, Prepared>()
  let closing: string[] = []
  let uses = 0
  let lastName = 0

  /** Names are never used twice, so a Close that comes late cannot hit another statement. */
  function evictOldest(): void {
    let oldest: Prepared | undefined
    for (const prepared of byText.values())
      if (prepared.state === 'ready' && (oldest === undefined || prepared.used < oldest.used)) oldest = prepared
    if (oldest === undefined) return
    byText.delete(oldest.text)
    oldest.state = 'gone'
    closing.push(oldest.name)
  }

  return {
    find(text) {
      const prepared = byText.get(text)
      if (prepared !== undefined) prepared.used = ++uses
      return prepared
    },
    add(text) {
      if (byText.size >= limit) evictOldest()
      const prepared: Prepared = {
        name: `${prefix}${++lastName}`,
        text,
        state: 'asked',
        fields: undefined,
        used: ++uses,
      }
      byText.set(text, prepared)
      return prepared
    },
    drop(prepared) {
      if (byText.get(prepared.text) !== prepared) return
      byText.delete(prepared.text)
      if (prepared.state === 'ready') closing.push(prepared.name)
      prepared.state = 'gone'
    },
    clear() {
      for (const prepared of byText.values()) prepared.state = 'gone'
      byText.clear()
      closing = []
    },
    takeClosing() {
      if (closing.length === 0) return none
      const taken = closing
      closing = []
      return taken
    },
    get size() {
      return byText.size
    },
  }
}
