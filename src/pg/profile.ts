/** What is known of a statement by its text: from reading it, and from having run it. */
export interface StatementProfile {
  /** The first word, in capitals. */
  readonly verb: string
  /** Opens or ends a transaction or works on its savepoints. */
  readonly control: boolean
  /** Of these, what a transaction survives: SAVEPOINT, RELEASE, ROLLBACK TO. */
  readonly savepoint: boolean
  /** A query that may share a connection with strangers' queries. */
  readonly shareable: boolean
  /** Commits as a whole or not at all. */
  readonly atomic: boolean
  /** Leaves something behind in the session, which the next user of the connection must not find. */
  readonly taints: boolean
  /** Calls functions, which may do what its text does not show. */
  readonly calls: boolean
  /** Mean of its time on the server, in milliseconds. */
  mean: number
  /** A peak of that time that fades: one slow run is remembered for some sixty runs. */
  peak: number
}

const controlVerbs = new Set(['BEGIN', 'START', 'COMMIT', 'END', 'ROLLBACK', 'ABORT', 'SAVEPOINT', 'RELEASE'])
const queryVerbs = new Set(['SELECT', 'VALUES', 'TABLE', 'WITH'])
/** What begins with these leaves nothing in the session, but for what its functions do. Anything else may. */
const passingVerbs = new Set([
  ...['', ...queryVerbs, 'INSERT', 'UPDATE', 'DELETE', 'MERGE'],
  ...['SHOW', 'LOCK', 'NOTIFY', 'TRUNCATE', 'ANALYZE', 'VACUUM', 'REFRESH', 'COPY', 'DROP'],
  ...['BEGIN', 'START', 'COMMIT', 'END', 'ROLLBACK', 'ABORT', 'SAVEPOINT', 'RELEASE'],
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
  // Whoever wrote the text may mean to deceive, so that no comment in front of it is read as a part of it.
  const statement = text.slice(beginningOf(text))
  const verb = /^[a-z]+/i.exec(statement)?.[0].toUpperCase() ?? ''
  const query = queryVerbs.has(verb)
  const taints = leavesSessionState(verb, statement)
  return {
    verb,
    control: controlVerbs.has(verb) || /^prepare\s+transaction\b/i.test(statement),
    savepoint: /^(?:savepoint|release|rollback\s+(?:work\s+|transaction\s+)?to)\b/i.test(statement),
    shareable: query && !taints && !/\bfor\s+(no\s+key\s+)?(update|share|key)\b|advisory|pg_sleep/i.test(text),
    atomic: !selfCommittingVerbs.has(verb),
    taints,
    calls: text.includes('('),
    mean: 0,
    peak: 0,
  }
}

function leavesSessionState(verb: string, statement: string): boolean {
  if (verb === 'SET') return !/^set\s+(local|transaction|constraints)\b/i.test(statement)
  if (verb === 'CREATE') return !endsWithTransaction(statement)
  // Any other form may run what it explains.
  if (verb === 'EXPLAIN')
    return !/^explain\s+(\(format json\)\s+)?(select|with|insert|update|delete)\b/i.test(statement)
  if (!passingVerbs.has(verb)) return true
  if (/\bpg_(try_)?advisory_(lock|unlock)/i.test(statement)) return true
  const settings = statement.match(/\bset_config\s*\(/gi)?.length ?? 0
  return settings > 0 && settings !== (statement.match(/\bset_config\s*\([^()]*,\s*true\s*\)/gi)?.length ?? 0)
}

/** Of a table that is made. In a comment or a string the words would mean nothing. */
function endsWithTransaction(statement: string): boolean {
  return /\bon\s+commit\s+drop\s*;?\s*$/i.test(statement) && !/--|\/\*|['$]/.test(statement)
}

/** Past blanks, comments and opening parentheses. */
function beginningOf(text: string): number {
  let at = 0
  for (;;) {
    const rest = text.slice(at, at + 2)
    if (rest === '--') at = afterLine(text, at)
    else if (rest === '/*') at = afterComment(text, at)
    else if (/^[\s(;]/.test(rest)) at++
    else return at
  }
}

/** A line ends at a carriage return too. */
function afterLine(text: string, start: number): number {
  const length = text.slice(start).search(/[\r\n]/)
  return length === -1 ? text.length : start + length
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
