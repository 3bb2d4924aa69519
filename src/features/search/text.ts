/** What somebody typed, made fit for PostgreSQL. */
import { searchTextRefused } from './errors.ts'

/** Characters at most. PostgreSQL's own limits are far above; a search with more is no search. */
const longest = 1_000

/**
 * The text without what no text in PostgreSQL can hold, NUL and halves of surrogate pairs: nothing stored can match them. A minus
 * that excludes no word goes too, since more than 32 of them overflow websearch_to_tsquery ("tsquery stack too small").
 *
 * @throws SUB_SEARCH_TEXT
 */
export function searchText(model: string, text: unknown): string {
  if (typeof text !== 'string') throw searchTextRefused({ model, fault: 'is not a string' })
  if (text.length > longest) throw searchTextRefused({ model, fault: `has more than ${longest} characters` })
  return text
    .replace(/\0|\p{Surrogate}/gu, ' ')
    .replace(/(?<=[^\s-])-{2,}/gu, ' ')
    .replace(/-(?=[\s!&|()-]|$)/gu, ' ')
}

/** Whether the last thing typed is a word that may go on: neither quoted nor excluded. */
export function endsInWord(text: string): boolean {
  const quotes = text.split('"').length - 1
  const last = /\S+$/u.exec(text)?.[0] ?? ''
  return quotes % 2 === 0 && /^[^-"].*[\p{L}\p{N}]$|^[\p{L}\p{N}]$/u.test(last)
}

/** Whether several words stand in quotes. */
export function holdsPhrase(text: string): boolean {
  return /"[^"]*[^"\s]\s+[^"\s]/u.test(text)
}

/** What similar words are looked for: all of them, or any where the text says `or`. */
export interface SimilarWords {
  readonly words: readonly string[]
  readonly any: boolean
  /** What is excluded, as it was typed. */
  readonly excluded: string
}

export const noSimilarWords: SimilarWords = { words: [], any: false, excluded: '' }

/** Enough to tell a text by, few enough for one statement. */
const mostWords = 8
/** A word of two letters has no trigram of its own. */
const shortestWord = 3

const exclusions = /(?<!\S)-(?:"[^"]*"?|\S+)/gu

/** The words of a text, and what it excludes. */
export function similarWords(text: string): SimilarWords {
  const wanted = text.replace(exclusions, ' ')
  const all = wanted.match(/[\p{L}\p{N}]+/gu) ?? []
  const words = all.filter((word) => Array.from(word).length >= shortestWord)
  return {
    words: [...new Set(words)].slice(0, mostWords),
    any: /(?<!\S)or(?!\S)/iu.test(wanted),
    excluded: (text.match(exclusions) ?? []).join(' '),
  }
}
