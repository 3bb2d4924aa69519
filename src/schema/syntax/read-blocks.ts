import type { SourceFile } from '../source/source-file.ts'
import type { Attribute, Block, EnumMember, Field, Setting } from './declarations.ts'
import { readToken, type Token } from './tokens.ts'
import { type Argument, isMark, readArguments, readValue, unexpected } from './values.ts'

type Read<T> = { readonly value: T; readonly end: number }

/**
 * Reads the blocks of one file.
 *
 * @param code - The file's text with the comments blanked out; offsets are the file's.
 * @throws SyntaxFault where the text is not Prisma's language.
 */
export function readBlocks(file: SourceFile, code: string): Block[] {
  const blocks: Block[] = []
  for (let token = readToken(code, 0); token.kind !== 'end'; ) {
    const block = readBlock(file, code, token)
    blocks.push(block)
    token = readToken(code, block.end)
  }
  return blocks
}

function readBlock(file: SourceFile, code: string, keyword: Token): Block {
  const name = expectWord(readToken(code, keyword.end), 'a name')
  const brace = readToken(code, name.end)
  if (!isMark(brace, '{')) throw unexpected(brace, '`{`')
  const named = { file, name: name.value, start: keyword.start, documentation: [] }
  const kind = keyword.kind === 'word' ? keyword.value : ''
  switch (kind) {
    case 'model':
    case 'view':
      return { kind, ...named, ...readBody(code, brace.end, (word) => readField(file, code, word)) }
    case 'enum':
      return { kind, ...named, ...readBody(code, brace.end, (word) => readEnumMember(file, code, word)) }
    case 'datasource':
    case 'generator':
      return { kind, ...named, ...readBody(code, brace.end, (word) => readSetting(file, code, word)) }
    default:
      throw unexpected(keyword, '`model`, `view`, `enum`, `datasource` or `generator`')
  }
}

type Word = Token & { kind: 'word' }

function readBody<Member extends { readonly end: number }>(code: string, offset: number, read: (word: Word) => Member) {
  const members: Member[] = []
  const attributes: Attribute[] = []
  for (let token = readToken(code, offset); ; ) {
    if (isMark(token, '}')) return { members, attributes, end: token.end }
    let end: number
    if (code.startsWith('@@', token.start)) {
      const attribute = readAttribute(code, token.start + 2)
      attributes.push(attribute.value)
      end = attribute.end
    } else {
      const member = read(expectWord(token, 'a name, `@@` or `}`'))
      members.push(member)
      end = member.end
    }
    token = readToken(code, end)
  }
}

function readField(file: SourceFile, code: string, word: Word): Field {
  const type = readType(code, word.end)
  const attributes = readAttributes(code, type.end)
  return {
    kind: 'field',
    file,
    name: word.value,
    start: word.start,
    documentation: [],
    ...type.value,
    attributes: attributes.value,
    end: attributes.end,
  }
}

function readType(code: string, offset: number): Read<Pick<Field, 'type' | 'unsupported' | 'list' | 'optional'>> {
  const written = readValue(code, offset)
  const type =
    written.kind === 'call' ? stringIn(written.arguments) : written.kind === 'word' ? written.value : undefined
  if (type === undefined) throw unexpected(readToken(code, offset), 'a type')
  let end = written.end
  const list = code.startsWith('[]', end)
  if (list) end += 2
  const optional = code[end] === '?'
  if (optional) end++
  return { value: { type, unsupported: written.kind === 'call', list, optional }, end }
}

function stringIn(list: readonly Argument[]): string | undefined {
  const value = list[0]?.value
  return value?.kind === 'string' ? value.value : undefined
}

function readEnumMember(file: SourceFile, code: string, word: Word): EnumMember {
  const { value, end } = readAttributes(code, word.end)
  return { kind: 'enum value', file, name: word.value, start: word.start, documentation: [], attributes: value, end }
}

function readSetting(file: SourceFile, code: string, word: Word): Setting {
  const equals = readToken(code, word.end)
  if (!isMark(equals, '=')) throw unexpected(equals, '`=`')
  const value = readValue(code, equals.end)
  return { kind: 'setting', file, name: word.value, start: word.start, documentation: [], value, end: value.end }
}

/** Reads the `@` attributes of a field; `@@` begins the next line. */
function readAttributes(code: string, offset: number): Read<Attribute[]> {
  const attributes: Attribute[] = []
  let end = offset
  for (;;) {
    const { start } = readToken(code, end)
    if (code[start] !== '@' || code[start + 1] === '@') return { value: attributes, end }
    const attribute = readAttribute(code, start + 1)
    attributes.push(attribute.value)
    end = attribute.end
  }
}

function readAttribute(code: string, offset: number): Read<Attribute> {
  let word = expectWord(readToken(code, offset), 'an attribute')
  let name = word.value
  while (code[word.end] === '.') {
    word = expectWord(readToken(code, word.end + 1), 'an attribute')
    name += `.${word.value}`
  }
  if (code[word.end] !== '(') return { value: { name, arguments: [] }, end: word.end }
  const list = readArguments(code, word.end)
  return { value: { name, arguments: list.arguments }, end: list.end }
}

function expectWord(token: Token, expected: string): Word {
  if (token.kind !== 'word') throw unexpected(token, expected)
  return token
}
