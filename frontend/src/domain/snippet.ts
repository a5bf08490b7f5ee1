/** A text of the server with found words in `<mark>`: all else in it is escaped. Taken apart here, so that it is shown as text. */

export interface TextPart {
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

/** A whole title. */
export function markedParts(text: string): TextPart[] {
  return text
    .split(/<mark>(.*?)<\/mark>/s)
    .map((part, index) => ({ text: unescape(part), marked: index % 2 === 1 }))
    .filter((part) => part.text !== '')
}

/** A piece of a longer text, begun shortly before the first found word. */
export function snippetParts(snippet: string): TextPart[] {
  const parts = markedParts(snippet)
  return parts.map((part, index) => (index === 0 && !part.marked && parts.length > 1 ? { ...part, text: lead(part.text) } : part))
}
