import { emptySettings, type Setting } from '../core/context.ts'
import { tooManyParameters } from './errors.ts'
import { createFrames } from './frames.ts'
import { literal } from './sql.ts'
import type { Statement } from './statement.ts'
import { createStatementCache } from './statement-cache.ts'
import type { Prepared, Unit } from './unit.ts'

/** Turns units into messages, and knows what the server has prepared. */
export interface UnitWriter {
  /** @throws SUB_TOO_MANY_PARAMETERS, or for a value that is none: then nothing of the unit was written. */
  write(unit: Unit, named: boolean): void
  /** The bytes since the last time. */
  take(): Buffer
  /** The server has confirmed the oldest Parse of the unit. */
  parsed(unit: Unit): void
  /** What the unit wanted prepared is not there: it failed before. */
  abandon(unit: Unit): void
  /** The unit's statement has to be prepared anew: its result has changed shape. */
  renew(unit: Unit): void
  /** The server has thrown away all that was prepared. */
  forget(): void
}

/** Named statements on one connection. */
const statementLimit = 256
/** Longer texts are hardly ever sent twice, and would be kept here and on the server. */
const namedLength = 16 * 1024
const parameterLimit = 65_535
/** So many settings at most; the statements that say them have a cache that nothing evicts from. */
const settingLimit = 16

export function createUnitWriter(): UnitWriter {
  const frames = createFrames()
  const statements = createStatementCache(statementLimit)
  const setters = createStatementCache(3 * settingLimit, 'sub_set_')

  function writeUnit(unit: Unit, named: boolean): void {
    const { text, values } = unit.statement
    if (values.length > parameterLimit) throw tooManyParameters({ count: values.length })
    if (unit.simple) {
      frames.query(text)
      return
    }
    for (const name of statements.takeClosing()) frames.closeStatement(name)
    if (unit.before !== undefined) writeUnnamed(unit, unit.before)
    if (unit.settings !== undefined) {
      const texts = unit.clears ? clearingTexts : setterTexts
      writeOwn(unit, texts[unit.settings.length]!, named, unit.settings)
    }
    writeStatement(unit, named && isWorthAName(unit.statement))
    // Unasked: a server that has refused the statement passes over everything up to the Sync.
    if (unit.statement.copy !== undefined) frames.copy(unit.statement.copy)
    if (unit.putsBack) putBack(unit, named)
    frames.sync()
  }

  function putBack(unit: Unit, named: boolean): void {
    const { settings = [] } = unit
    writeOwn(unit, 'RESET ALL', named)
    writeOwn(unit, unlockingTexts[settings.length]!, named, settings)
  }

  function writeUnnamed(unit: Unit, text: string): void {
    frames.parse('', text)
    unit.parsing.push(undefined)
    frames.bind('', [])
    frames.execute()
  }

  /** A statement of ours, which reads nothing but the settings that it is given. */
  function writeOwn(unit: Unit, text: string, named: boolean, settings: readonly Setting[] = []): void {
    const found = named ? setters.find(text) : undefined
    const setter =
      found?.state === 'ready' ? found : parse(unit, text, named && found === undefined ? setters : undefined)
    const values: string[] = []
    for (const [name, value] of settings) values.push(name, value)
    frames.bind(setter?.name ?? '', values)
    frames.execute()
  }

  /**
   * A named statement is parsed and described once. While that is not yet confirmed, others with the same text are sent
   * unnamed: they cannot know whether the name will be there.
   */
  function writeStatement(unit: Unit, named: boolean): void {
    const { text, values } = unit.statement
    const found = named ? statements.find(text) : undefined
    if (found?.state === 'ready') {
      unit.prepared = found
      unit.fields = found.fields
    } else {
      unit.prepared = parse(unit, text, named && found === undefined ? statements : undefined)
    }
    frames.bind(unit.prepared?.name ?? '', values)
    if (unit.fields === undefined) frames.describe('P', '')
    frames.execute()
  }

  function parse(unit: Unit, text: string, cache: typeof statements | undefined): Prepared | undefined {
    const prepared = cache?.add(text)
    frames.parse(prepared?.name ?? '', text)
    unit.parsing.push(prepared)
    return prepared
  }

  function abandon(unit: Unit): void {
    for (const prepared of unit.parsing) {
      if (prepared === undefined) continue
      statements.drop(prepared)
      setters.drop(prepared)
    }
    unit.parsing.length = 0
  }

  return {
    write(unit, named) {
      const start = frames.length
      try {
        writeUnit(unit, named)
      } catch (error) {
        frames.truncate(start)
        abandon(unit)
        throw error
      }
    },
    take: () => frames.take(),
    parsed(unit) {
      const prepared = unit.parsing.shift()
      if (prepared?.state === 'asked') prepared.state = 'ready'
    },
    abandon,
    renew(unit) {
      if (unit.prepared !== undefined) statements.drop(unit.prepared)
    },
    forget() {
      statements.clear()
      setters.clear()
    },
  }
}

function isWorthAName({ text, reusable }: Statement): boolean {
  return reusable !== false && text.length <= namedLength
}

const settingCounts = Array.from({ length: settingLimit + 1 }, (_, count) => count)

const clearingCalls = emptySettings.map(([name, value]) => `set_config(${literal(name)},${literal(value)},false)`)

/** By the number of settings. */
const setterTexts = settingCounts.map((count) => `SELECT ${setterCalls(count).join(',')}`)

/** The same, behind what clears the context of the session. */
const clearingTexts = settingCounts.map((count) => `SELECT ${[...clearingCalls, ...setterCalls(count)].join(',')}`)

/** The same, and lets go of the locks that a transaction does not. */
const unlockingTexts = settingCounts.map(
  (count) => `SELECT ${[...setterCalls(count), 'pg_advisory_unlock_all()'].join(',')}`,
)

function setterCalls(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `set_config($${2 * i + 1},$${2 * i + 2},true)`)
}
