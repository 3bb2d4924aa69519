/** What is known of a statement by its text: from reading it, and from having run it. */
export interface StatementProfile {
  /** The first word, in capitals. */
  readonly verb: string
  /** Opens or ends a transaction or works on its savepoints. */
  readonly control: boolean
  /** A query that may share a connection with strangers' queries. */
  readonly shareable: boolean
  /** Commits as a whole or not at all. */
  readonly atomic: boolean
  /** Leaves something behind in the session, which the next user of the connection must not find. */
  readonly taints: boolean
  /** Mean of its time on the server, in milliseconds. */
  mean: number
  /** A peak of that time that fades: one slow run is remembered for some sixty runs. */
  peak: number
}

const controlVerbs = new Set(['BEGIN', 'START', 'COMMIT', 'END', 'ROLLBACK', 'ABORT', 'SAVEPOINT', 'RELEASE'])
const queryVerbs = new Set(['SELECT', 'VALUES', 'TABLE', 'WITH'])
const taintingVerbs = new Set([
  'SET',
  'RESET',
  'DISCARD',
  'LISTEN',
  'UNLISTEN',
  'PREPARE',
  'DEALLOCATE',
  'LOAD',
  'DECLARE',
  'DO',
  'CALL',
])
const selfCommittingVerbs = new Set([
  'VACUUM',
  'CALL',
  'DO',
  'CLUSTER',
  'REINDEX',
  'CREATE',
  'DROP',
  'ALTER',
  'CHECKPOINT',
])

/** Reads the text once; the answers are hints on where to run it, never on whether it may run. */
export function readStatement(text: string): StatementProfile {
  const verb = firstWord(text)
  const query = queryVerbs.has(verb)
  const taints = leavesSessionState(verb, text)
  return {
    verb,
    control: controlVerbs.has(verb) || (verb === 'PREPARE' && /^\W*prepare\s+transaction\b/i.test(text)),
    shareable: query && !taints && !/\bfor\s+(no\s+key\s+)?(update|share|key)\b|advisory|pg_sleep/i.test(text),
    atomic: !selfCommittingVerbs.has(verb),
    taints,
    mean: 0,
    peak: 0,
  }
}

function leavesSessionState(verb: string, text: string): boolean {
  if (taintingVerbs.has(verb)) return !/^\W*set\s+(local|transaction|constraints)\b/i.test(text)
  if (verb === 'CREATE' && /\bon\s+commit\s+drop\W*$/i.test(text)) return false
  if (verb === 'CREATE') return /^\W*create\s+(or\s+replace\s+)?((local|global)\s+)?temp/i.test(text)
  if (/\bpg_(try_)?advisory_(lock|unlock)/i.test(text)) return true
  const settings = text.match(/\bset_config\s*\(/gi)?.length ?? 0
  return settings > 0 && settings !== (text.match(/\bset_config\s*\([^()]*,\s*true\s*\)/gi)?.length ?? 0)
}

/** Past blanks, comments and opening parentheses. */
function firstWord(text: string): string {
  let at = 0
  for (;;) {
    const rest = text.slice(at, at + 2)
    if (rest === '') return ''
    if (rest === '--') {
      const end = text.indexOf('\n', at)
      if (end === -1) return ''
      at = end + 1
    } else if (rest === '/*') {
      at = afterComment(text, at)
    } else if (/[\s(;]/.test(rest[0]!)) {
      at++
    } else {
      return /^[a-z]+/i.exec(text.slice(at, at + 24))?.[0].toUpperCase() ?? ''
    }
  }
}

/** PostgreSQL's comments nest. */
function afterComment(text: string, start: number): number {
  const marks = /\/\*|\*\//g
  marks.lastIndex = start
  let depth = 0
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    depth += mark[0] === '/*' ? 1 : -1
    if (depth === 0) return marks.lastIndex
  }
  return text.length
}

const meanWeight = 0.1
const fading = 0.95

/** @param time on the server, in milliseconds. */
export function noteTime(profile: StatementProfile, time: number): void {
  profile.mean += (time - profile.mean) * meanWeight
  profile.peak = Math.max(time, profile.peak * fading + time * (1 - fading))
}

/** What a busy event loop may add, in milliseconds. */
const ownDelay = 5

/** Milliseconds that a caller should have left for it: the worst of late. */
export function expectedTime({ peak }: StatementProfile): number {
  return peak + ownDelay
}

/** Longer texts are hardly ever sent twice. */
const keptLength = 16 * 1024

/** Profiles by text; the oldest are forgotten where there are too many. */
export function createProfiles(limit = 4096): (text: string) => StatementProfile {
  const byText = new Map<string, StatementProfile>()
  return (text) => {
    const known = byText.get(text)
    if (known !== undefined) return known
    if (text.length > keptLength) return readStatement(text)
    if (byText.size >= limit) for (const [oldest] of byText) if (byText.delete(oldest) && byText.size < limit) break
    const profile = readStatement(text)
    byText.set(text, profile)
    return profile
  }
}
