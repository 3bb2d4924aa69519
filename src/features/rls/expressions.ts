/** Conditions of policies in the form in which PostgreSQL prints them. */

/** True for `true`, and for what is no more than that. */
export function always(sql: string): boolean {
  return /^\(*(?:true|1 = 1|NOT false)\)*$/i.test(sql.trim())
}

/**
 * The condition with every call of the context in a sub-select of its own; undefined where each is in one already.
 *
 * @param functions - Names, as printed, of functions without arguments that the policy calls.
 */
export function unwrapped(sql: string, functions: readonly string[]): string | undefined {
  const names = functions.map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const zeroArguments = names.length === 0 ? '' : `(?<![\\w".])(?:${names.join('|')})\\(\\)|`
  const call = new RegExp(`${zeroArguments}\\bcurrent_setting\\('[^']*'(?:::\\w+)?(?:, (?:true|false))?\\)`, 'g')
  const kept = subSelects(sql)
  const mended = sql.replace(call, (found, at: number) =>
    kept.some(([start, end]) => start <= at && at < end) ? found : `(SELECT ${found})`,
  )
  return mended === sql ? undefined : mended
}

/** Where sub-selects without a FROM stand: they are run once per statement. */
function subSelects(sql: string): (readonly [start: number, end: number])[] {
  return [...sql.matchAll(/\( SELECT /g)].flatMap(({ index }) => {
    const end = closing(sql, index)
    return /\sFROM\s/.test(sql.slice(index, end)) ? [] : [[index, end] as const]
  })
}

function closing(sql: string, open: number): number {
  let depth = 0
  let quote: string | undefined
  for (let at = open; at < sql.length; at++) {
    const character = sql[at]
    if (quote !== undefined) quote = character === quote ? undefined : quote
    else if (character === "'" || character === '"') quote = character
    else if (character === '(') depth++
    else if (character === ')' && --depth === 0) return at + 1
  }
  return sql.length
}
