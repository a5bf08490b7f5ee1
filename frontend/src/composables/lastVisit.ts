import { readStorage, writeStorage } from './browser'

const KEY = 'last-visit'
const PAUSE = 30 * 60_000
let previous: string | null | undefined

/**
 * When the reader was here last, before this visit; null on the first one.
 * A visit ends with half an hour away: reloading does not make everything old.
 */
export function lastVisit(now: Date = new Date()): string | null {
  if (previous !== undefined) return previous
  const kept = readStorage<{ seen: string; before: string | null } | null>(KEY, null)
  const isSameVisit = kept !== null && now.getTime() - Date.parse(kept.seen) < PAUSE
  previous = isSameVisit ? kept.before : (kept?.seen ?? null)
  const remember = () => writeStorage(KEY, { seen: new Date().toISOString(), before: previous })
  remember()
  document.addEventListener('visibilitychange', remember)
  return previous
}
