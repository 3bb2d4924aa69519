/**
 * The environment of the keeper and of PostgreSQL's programs. Nothing of the caller's: its NODE_OPTIONS would load things into the keeper,
 * its PG* variables would reach the standbys' connections, its locale the data.
 */
export function cleanEnvironment(): Record<string, string> {
  const environment: Record<string, string> = { LC_ALL: 'C', TZ: 'UTC' }
  for (const name of ['PATH', 'SystemRoot', 'TEMP', 'TMP']) {
    const value = process.env[name]
    if (value !== undefined) environment[name] = value
  }
  return environment
}
