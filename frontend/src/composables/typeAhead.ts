/** Completions of what is typed into the search field: titles, companies and places. */
import { api, unwrap } from '@/api/client'
import type { Completion } from '@/api/types'
import { complete, fragmentsAt, type Fragment } from '@/domain/fragment'
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, onScopeDispose, ref, shallowRef, type Ref } from 'vue'

const PAUSE_MS = 120
const MOST = 8

interface Offer {
  fragment: Fragment
  items: Completion[]
}

/** The completions of the longest fragment that has any. */
export async function findCompletions(fragments: Fragment[], signal?: AbortSignal): Promise<Offer | null> {
  for (const fragment of fragments) {
    const query = { q: fragment.text, limit: MOST }
    const { items } = await unwrap(api.GET('/api/suggestions', { params: { query }, signal }))
    const fitting = items.filter(({ kind }) => !fragment.kind || kind === fragment.kind)
    if (fitting.length) return { fragment, items: fitting }
  }
  return null
}

/**
 * A list below a text field, after the ARIA pattern of a combobox: the focus stays in the field, `active` is the index of
 * the chosen row or -1. `typed` is told of each change: the new text and the caret's place; `take` gives the completed text.
 */
export function useTypeAhead(text: Ref<string>) {
  const fragments = shallowRef<Fragment[]>([])
  const isWanted = ref(false)
  const active = ref(-1)
  const caret = ref(0)
  let timer: ReturnType<typeof setTimeout> | undefined

  const { data } = useQuery({
    queryKey: ['completions', fragments],
    queryFn: ({ signal }) => findCompletions(fragments.value, signal),
    enabled: computed(() => fragments.value.length > 0),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  })
  const items = computed(() => (fragments.value.length ? (data.value?.items ?? []) : []))
  const isOpen = computed(() => isWanted.value && items.value.length > 0)

  function typed(words: string, at: number): void {
    caret.value = at
    active.value = -1
    isWanted.value = true
    clearTimeout(timer)
    const found = fragmentsAt(words, at)
    if (found.length) timer = setTimeout(() => (fragments.value = found), PAUSE_MS)
    else fragments.value = []
  }

  function close(): void {
    clearTimeout(timer)
    isWanted.value = false
    active.value = -1
  }

  /** Up and down go around, by way of the field itself. False: there is no list to move in. */
  function move(by: 1 | -1): boolean {
    if (!isOpen.value) return false
    const rows = items.value.length + 1
    active.value = ((active.value + 1 + by + rows) % rows) - 1
    return true
  }

  /** What was typed since the list came belongs to the fragment too. */
  function take(item: Completion): { text: string; caret: number } {
    const start = data.value?.fragment.start ?? 0
    close()
    fragments.value = []
    return complete(text.value, { start, end: caret.value, text: item.text, kind: item.kind }, item.query)
  }

  onScopeDispose(() => clearTimeout(timer))
  return { items, isOpen, active, typed, close, move, take }
}
