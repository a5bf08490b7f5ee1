/** What a tracker has found, and what of it was seen. */
import { api, unwrap } from '@/api/client'
import type { Match, Page } from '@/api/types'
import { useMutation, useQueryClient, type InfiniteData } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { useNotices } from './errors'
import { usePages } from './paging'

export function useMatches(id: number, unseen: MaybeRefOrGetter<boolean>) {
  return usePages(
    ['matches', id, computed(() => toValue(unseen))],
    (cursor) => unwrap(api.GET('/api/trackers/{id}/matches', { params: { path: { id }, query: { cursor, unseen: toValue(unseen) } } })),
    { refetchInterval: 30_000 },
  )
}

/** All places of a role, asked for once they are wanted. */
export function usePlaces(id: number, matchId: number, enabled: Ref<boolean>) {
  return usePages(
    ['places', id, matchId],
    (cursor) =>
      unwrap(api.GET('/api/trackers/{id}/matches/{match_id}/places', { params: { path: { id, match_id: matchId }, query: { cursor } } })),
    { enabled },
  )
}

type Rows = InfiniteData<Page<Match>, string | undefined>

/** Marks rows as seen or not: at once on the page, then on the server. A row that is marked stays until the list is read anew. */
export function useSeen(id: number) {
  const client = useQueryClient()
  const notices = useNotices()
  const { t } = useI18n()
  const path = { params: { path: { id } } }

  function show(isMarked: (match: Match) => boolean, seen: boolean): void {
    const edit = (match: Match) => (isMarked(match) ? { ...match, seen } : match)
    client.setQueriesData<Rows>({ queryKey: ['matches', id] }, (rows) =>
      rows && { ...rows, pages: rows.pages.map((page) => ({ ...page, items: page.items.map(edit) })) },
    )
  }

  function refreshCounts(): void {
    void client.invalidateQueries({ queryKey: ['tracker', id] })
    void client.invalidateQueries({ queryKey: ['trackers'] })
  }

  function readAnew(): void {
    refreshCounts()
    void client.invalidateQueries({ queryKey: ['matches', id] })
  }

  function failed(error: Error): void {
    readAnew()
    notices.failed(error)
  }

  const mark = useMutation({
    mutationFn: ({ match, seen }: { match: Match; seen: boolean }) =>
      unwrap(api.POST(seen ? '/api/trackers/{id}/matches/seen' : '/api/trackers/{id}/matches/unseen', { ...path, body: { ids: [match.id] } })),
    onMutate: ({ match, seen }) => show((one) => one.id === match.id, seen),
    onSuccess: refreshCounts,
    onError: failed,
  })

  const takeBack = useMutation({
    mutationFn: (seenAt: string) => unwrap(api.POST('/api/trackers/{id}/unseen', { ...path, body: { seen_at: seenAt } })),
    onSuccess: readAnew,
    onError: failed,
  })

  /** All that was found until the newest of these rows, also what is further down than they reach. */
  const markAll = useMutation({
    mutationFn: (rows: Match[]) => unwrap(api.POST('/api/trackers/{id}/seen', { ...path, body: { until: newest(rows) } })),
    onMutate: () => show(() => true, true),
    onSuccess: ({ count, seen_at: seenAt }) => {
      refreshCounts()
      if (seenAt) notices.undoable(t('matches.markedAll', count), () => takeBack.mutate(seenAt))
    },
    onError: failed,
  })

  return { mark, markAll }
}

/** When the latest of all places on these rows was found. */
export function newest(rows: Match[]): string {
  return rows
    .flatMap((row) => row.places.map((place) => place.found_at))
    .reduce((latest, at) => (at > latest ? at : latest))
}
