/** Small reactive views of the browser: a media query, a stored value, the time. */
import { effectScope, getCurrentScope, onScopeDispose, readonly, ref, shallowRef, watch, type Ref } from 'vue'

export function useMedia(query: string): Readonly<Ref<boolean>> {
  const list = window.matchMedia(query)
  const matches = ref(list.matches)
  const update = () => (matches.value = list.matches)
  list.addEventListener('change', update)
  if (getCurrentScope()) onScopeDispose(() => list.removeEventListener('change', update))
  return readonly(matches)
}

export const usePreferredDark = () => useMedia('(prefers-color-scheme: dark)')
/** Room for the filters at the left. */
export const useHasSidebar = () => useMedia('(min-width: 1100px)')
/** Room for the preview at the right. */
export const useHasPreview = () => useMedia('(min-width: 1400px)')

let phone: Readonly<Ref<boolean>> | undefined
/** One listener for all that ask: every row does. */
export const useIsPhone = () => (phone ??= detached(() => useMedia('(max-width: 699px)')))

function detached<T>(make: () => T): T {
  return effectScope(true).run(make)!
}

/** A value kept in this browser. Where storage is refused (private windows), it lives as long as the page. */
export function useStorage<T>(key: string, fallback: T): Ref<T> {
  const value = shallowRef<T>(readStorage(key, fallback))
  watch(value, (now) => writeStorage(key, now))
  return value
}

export function readStorage<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(key)
    return text === null ? fallback : (JSON.parse(text) as T)
  } catch {
    return fallback
  }
}

export function writeStorage(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // Storage is full or refused: the value is only kept for this page.
  }
}

const now = ref(new Date())
let clock: ReturnType<typeof setInterval> | undefined

/** The time, moving once a minute: one clock for all ages on the page. */
export function useNow(): Readonly<Ref<Date>> {
  clock ??= setInterval(() => (now.value = new Date()), 60_000)
  return now
}
