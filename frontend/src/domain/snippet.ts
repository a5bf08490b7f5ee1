/** A snippet of the server: escaped text in which only `<mark>` is markup. Taken apart here, so that it is shown as text. */

export interface SnippetPart {
  text: string
  marked: boolean
}

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#x27;': "'", '&#39;': "'", '&amp;': '&' }

function unescape(text: string): string {
  return text.replace(/&(?:lt|gt|quot|amp|#x27|#39);/g, (entity) => ENTITIES[entity]!)
}

const LEAD = 48

/** So much before the first found word that it stands in the first line, begun at a word. */
function lead(text: string): string {
  return text.length > LEAD ? `… ${text.slice(-LEAD).replace(/^\S*\s/, '')}` : text
}

export function snippetParts(snippet: string): SnippetPart[] {
  return snippet
    .split(/<mark>(.*?)<\/mark>/s)
    .map((text, index) => ({ text: unescape(text), marked: index % 2 === 1 }))
    .map((part, index, all) => (index === 0 && all.length > 1 ? { ...part, text: lead(part.text) } : part))
    .filter(({ text }) => text !== '')
}
