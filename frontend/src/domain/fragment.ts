/** The part of a query that is being typed: what the search field offers completions for. */

export type CompletionKind = 'title' | 'company' | 'place'

/** `text` stands at [start, end) of the query, its field's name included; only completions of `kind` fit a field. */
export interface Fragment {
  start: number
  end: number
  text: string
  kind: CompletionKind | null
}

const KIND_OF_FIELD: Record<string, CompletionKind> = {
  title: 'title',
  company: 'company',
  employer: 'company',
  location: 'place',
  city: 'place',
}
const MOST = 100
const MOST_WORDS = 3

const isLongEnough = (text: string) => text.length >= 2 || /[^\u0000-\u024f]/.test(text)

/**
 * What a completion could take the place of, the longest first: the plain words before the caret (at most three), fewer of
 * them, or the value of the field one is in. Nothing inside quotes, within a word, or after a `-`.
 */
export function fragmentsAt(query: string, caret: number): Fragment[] {
  const before = query.slice(0, caret)
  if (/^[^\s()]/.test(query.slice(caret)) || (before.split('"').length - 1) % 2) return []
  const inField = /(?:^|[\s(])((title|company|employer|location|city):([^\s"():]+))$/i.exec(before)
  if (inField) {
    const [, whole, field, text] = inField as unknown as [string, string, string, string]
    if (!isLongEnough(text)) return []
    return [{ start: caret - whole.length, end: caret, text, kind: KIND_OF_FIELD[field.toLowerCase()]! }]
  }
  return plainWords(before)
    .map((start) => ({ start, end: caret, text: before.slice(start), kind: null }))
    .filter(({ text }) => isLongEnough(text) && text.length <= MOST)
}

/** Where the last plain words of a text begin, the farthest first. */
function plainWords(before: string): number[] {
  const starts: number[] = []
  for (const match of [...before.matchAll(/[^\s(]+/g)].reverse()) {
    const isPlain = /^[^\s"():<>=*-][^\s"():<>=*]*$/.test(match[0]) && !/^(OR|AND|NOT)$/.test(match[0])
    const isLast = match.index + match[0].length === before.length
    if (!isPlain || (!starts.length && !isLast) || starts.length === MOST_WORDS) break
    starts.unshift(match.index)
    if (before[match.index - 1] === '(') break
  }
  return starts
}

/** The query with a completion in the fragment's place, and where the caret goes. */
export function complete(query: string, { start, end }: Fragment, by: string): { text: string; caret: number } {
  const after = query.slice(end).trimStart()
  const head = `${query.slice(0, start)}${by}${after.startsWith(')') ? '' : ' '}`
  return { text: head + after, caret: head.length }
}
