import { schemaUnreadable } from '../errors.ts'
import { type Comment, type Layers, separateComments } from '../source/comments.ts'
import { positionAt, type SourceFile } from '../source/source-file.ts'
import type { Block, Documentation, SchemaText } from './declarations.ts'
import { readBlocks } from './read-blocks.ts'
import { SyntaxFault } from './syntax-fault.ts'

/**
 * Reads the schema's files into blocks and gives each piece of documentation to what it documents:
 *
 * - at the end of a line: the field or enum value on that line, else the block around it;
 * - on lines of its own in a block: the field or enum value that follows, as Prisma has it; above a `@@` attribute or at the
 *   end, the block;
 * - outside of blocks: the block on the very next line; where a blank line or the end of the file follows, or a
 *   `datasource` or `generator`, the whole schema.
 */
export function readText(files: readonly SourceFile[]): SchemaText {
  const blocks: Block[] = []
  const documentation: Documentation[] = []
  for (const file of files) {
    const layers = separateComments(file.text)
    const own = readOrExplain(file, layers.code)
    blocks.push(...own)
    for (const group of groups(layers)) {
      const piece = { file, text: layers.documentation.slice(0, group.end), start: group.start }
      const owner = ownerOf(group, own, layers.code) ?? documentation
      owner.push(piece)
    }
  }
  return { blocks, documentation }
}

function readOrExplain(file: SourceFile, code: string): Block[] {
  try {
    return readBlocks(file, code)
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error
    const { line, column } = positionAt(file.text, error.fault.start)
    throw schemaUnreadable({ file: file.path, line, column, message: error.message })
  }
}

interface Group {
  readonly start: number
  readonly end: number
  readonly ownLine: boolean
}

/** Consecutive lines of documentation belong together; plain comments between them do not part them. */
function groups({ code, comments }: Layers): Group[] {
  const found: Group[] = []
  let last: Comment | undefined
  for (const comment of comments) {
    const follows = last?.ownLine && comment.ownLine && lineBreaks(code.slice(last.end, comment.start)) === 1
    if (comment.documentation && follows) found.push({ ...found.pop()!, end: comment.end })
    else if (comment.documentation) found.push(comment)
    last = comment.documentation || follows ? comment : undefined
  }
  return found
}

/** The documentation of the declaration to which a group belongs; nothing where it is the schema's. */
function ownerOf({ start, end, ownLine }: Group, blocks: readonly Block[], code: string): Documentation[] | undefined {
  if (!ownLine) {
    const block = blocks.findLast((each) => each.start < start)
    const member = block?.members.findLast((each) => each.start < start)
    const sameLine = member && lineBreaks(code.slice(member.end, start)) === 0
    return block && documentationOf(block, sameLine ? member : undefined)
  }
  const block = blocks.find((each) => each.start < start && start < each.end)
  if (!block) {
    const below = blocks.find((each) => each.start > end)
    return below && lineBreaks(code.slice(end, below.start)) === 1 ? documentationOf(below) : undefined
  }
  const below = block.members.find((each) => each.start > end)
  return documentationOf(block, below && code.slice(end, below.start).trim() === '' ? below : undefined)
}

function documentationOf(block: Block, member?: Block['members'][number]): Documentation[] | undefined {
  if (block.kind === 'datasource' || block.kind === 'generator') return undefined
  return member?.documentation ?? block.documentation
}

function lineBreaks(code: string): number {
  return code.match(/\r\n|\n|\r/g)?.length ?? 0
}
