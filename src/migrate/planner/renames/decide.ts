import { type RenameCandidate, renameUndecided, renameUnknown } from '../errors.ts'
import { type Appeared, type Candidate, flagOf, type Level, type Rename, type Vanished } from './rename.ts'

/** Asks a person; `nobody` where there is none. */
export type AskRename = (
  candidate: RenameCandidate & { readonly from: string; readonly to: string },
) => Promise<boolean | 'nobody'>

/** `--rename` flags; each one that is used is taken out. */
export type Flags = Set<string>

/**
 * Decides for one level which of the vanished are the appeared: by the flags, then by asking.
 *
 * @returns The renames, and the candidates about which nobody could be asked.
 */
export async function decideLevel(
  level: Level,
  flags: Flags,
  ask: AskRename,
): Promise<{ renames: Rename[]; undecided: RenameCandidate[] }> {
  const pairs = [...flags].flatMap((flag) => {
    const pair = fittingPair(flag, level)
    if (pair) flags.delete(flag)
    return pair ?? []
  })
  const undecided: RenameCandidate[] = []
  for (const candidate of candidatesOf(level)) {
    if (pairs.some((each) => each.vanished === candidate.vanished || each.appeared === candidate.appeared)) continue
    const shown = { what: level.what, flag: flagOf(candidate) }
    const answer = await ask({ ...shown, from: candidate.vanished.name, to: candidate.appeared.label })
    if (answer === 'nobody') undecided.push(shown)
    else if (answer) pairs.push(candidate)
  }
  return { renames: pairs.map((pair) => renameOf(level, pair)), undecided }
}

export function refuseUnknown(flags: Flags, levels: readonly Level[]): void {
  const [flag] = flags
  if (flag === undefined) return
  const vanished = levels.flatMap((level) => level.vanished.map(shownVanished))
  throw renameUnknown({ flag, vanished, appeared: levels.flatMap((level) => level.appeared.map(({ label }) => label)) })
}

export function refuseUndecided(candidates: readonly RenameCandidate[]): void {
  if (candidates.length > 0) throw renameUndecided({ candidates })
}

function candidatesOf({ vanished, appeared, alike }: Level): Candidate[] {
  return vanished.flatMap((before) =>
    appeared.filter((after) => alike(before, after)).map((after) => ({ vanished: before, appeared: after })),
  )
}

/** `User.name:fullName` or `User:Account`; the model may be given by its table's name, too. */
function fittingPair(flag: string, { vanished, appeared }: Level): Candidate | undefined {
  const [left = '', to = ''] = flag.split(':')
  const dot = left.lastIndexOf('.')
  const place = dot < 0 ? undefined : left.slice(0, dot)
  const from = left.slice(dot + 1)
  const isPlace = (each: Appeared) =>
    place === undefined ? each.table === undefined : [each.label.split('.')[0], each.table].includes(place)
  const after = appeared.find((each) => isPlace(each) && [each.name, each.label.split('.').at(-1)].includes(to))
  const before =
    after && vanished.find((each) => each.name === from && each.schema === after.schema && each.table === after.table)
  return after && before && { vanished: before, appeared: after }
}

function renameOf({ what }: Level, { vanished, appeared }: Candidate): Rename {
  const { schema, table, name: from } = vanished
  return { what, schema, ...(table !== undefined && { table }), from, to: appeared.name }
}

function shownVanished({ table, name }: Vanished): string {
  return table === undefined ? name : `${table}.${name}`
}
