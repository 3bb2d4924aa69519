/** A `//` or `///` comment. Offsets are those of the file. */
export interface Comment {
  readonly start: number
  readonly end: number
  /** True for `///`, which Prisma calls documentation and which may hold annotations. */
  readonly documentation: boolean
  /** True where nothing but blanks stands before it on its line. */
  readonly ownLine: boolean
}

const stringOrComment = /"(?:\\.|[^"\\\r\n])*"|\/\/[^\r\n]*|\/\*[\s\S]*?\*\//g

/** A file in two layers of the same length, so that an offset in either is an offset in the file. */
export interface Layers {
  /** The file with its comments blanked out. */
  readonly code: string
  /** The text of its documentation, with all else blanked out. */
  readonly documentation: string
  readonly comments: readonly Comment[]
}

/** Takes a file apart into code and documentation; no reader after this one has to know how comments are written. */
export function separateComments(text: string): Layers {
  const comments: Comment[] = []
  const code = text.replace(/^\uFEFF/, ' ').replace(stringOrComment, (match, start: number) => {
    if (match.startsWith('"')) return match
    if (match.startsWith('//')) {
      comments.push({
        start,
        end: start + match.length,
        documentation: match.startsWith('///'),
        ownLine: beginsLine(text, start),
      })
    }
    return blanked(match)
  })
  return { code, documentation: documentationOf(text, comments), comments }
}

function documentationOf(text: string, comments: readonly Comment[]): string {
  const pieces: string[] = []
  let at = 0
  for (const { start, end, documentation } of comments) {
    if (!documentation) continue
    pieces.push(blanked(text.slice(at, start + 3)), text.slice(start + 3, end))
    at = end
  }
  return pieces.join('')
}

function blanked(text: string): string {
  return text.replace(/[^\r\n]/g, ' ')
}

function beginsLine(text: string, offset: number): boolean {
  let at = offset - 1
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\uFEFF') at--
  return at < 0 || text[at] === '\n' || text[at] === '\r'
}
