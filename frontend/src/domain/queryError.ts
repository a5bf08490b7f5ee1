/** Where in a query the error is: the text cut in three, the middle one underlined. */

export interface MarkedQuery {
  before: string
  wrong: string
  after: string
}

/** `column` is 1-based and counts characters, not UTF-16 units. The word that begins there is wrong; past the end, a blank is. */
export function markColumn(query: string, column: number): MarkedQuery {
  const characters = Array.from(query)
  const start = Math.min(Math.max(column - 1, 0), characters.length)
  const rest = characters.slice(start).join('')
  const wrong = /^\s*\S+/.exec(rest)?.[0] ?? ''
  return {
    before: characters.slice(0, start).join(''),
    wrong: wrong || '\u00a0\u00a0',
    after: rest.slice(wrong.length),
  }
}
