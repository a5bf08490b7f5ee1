import { api, unwrap } from '@/api/client'
import type { NewTracker, Page, Tracker, TrackerChange } from '@/api/types'
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, onScopeDispose, ref, toValue, watch, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'

import { useNotices } from './errors'

const byId = (id: number) => ({ params: { path: { id } } })

export function useTrackers() {
  return useQuery({
    queryKey: ['trackers'],
    queryFn: () => unwrap(api.GET('/api/trackers')),
    refetchInterval: 30_000,
  })
}

/** Nothing is asked while there is no id. */
export function useTracker(id: MaybeRefOrGetter<number | null>) {
  return useQuery({
    queryKey: ['tracker', computed(() => toValue(id))],
    queryFn: () => unwrap(api.GET('/api/trackers/{id}', byId(toValue(id) ?? 0))),
    enabled: computed(() => toValue(id) !== null),
    refetchInterval: 30_000,
  })
}

/** What a query would find, while it is typed: asked once the typing pauses. */
export function usePreview(query: MaybeRefOrGetter<string>) {
  const settled = ref(toValue(query).trim())
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(
    () => toValue(query).trim(),
    (text) => {
      clearTimeout(timer)
      timer = setTimeout(() => (settled.value = text), 350)
    },
  )
  onScopeDispose(() => clearTimeout(timer))
  const answer = useQuery({
    queryKey: ['preview', settled],
    queryFn: () => unwrap(api.POST('/api/trackers/preview', { body: { query: settled.value } })),
    enabled: computed(() => settled.value !== ''),
    placeholderData: keepPreviousData,
    retry: false,
  })
  return { ...answer, settled }
}

/** Everything one can do to a tracker. Deleting answers at once and offers Undo. */
export function useTrackerActions() {
  const client = useQueryClient()
  const notices = useNotices()
  const { t } = useI18n()

  const editList = (edit: (items: Tracker[]) => Tracker[]) =>
    client.setQueryData<Page<Tracker>>(['trackers'], (page) => page && { ...page, items: edit(page.items) })

  function refresh(tracker?: Tracker): void {
    if (tracker) {
      client.setQueryData(['tracker', tracker.id], tracker)
      editList((items) => items.map((one) => (one.id === tracker.id ? tracker : one)))
    }
    void client.invalidateQueries({ queryKey: ['trackers'] })
  }

  const action = <Input>(mutationFn: (input: Input) => Promise<Tracker>) =>
    useMutation({ mutationFn, onSuccess: refresh, onError: notices.failed })

  const create = useMutation({
    mutationFn: (body: NewTracker) => unwrap(api.POST('/api/trackers', { body })),
    onSuccess: refresh,
  })
  const change = useMutation({
    mutationFn: ({ id, body }: { id: number; body: TrackerChange }) =>
      unwrap(api.PATCH('/api/trackers/{id}', { ...byId(id), body })),
    onSuccess: refresh,
  })
  const pause = action((id: number) => unwrap(api.POST('/api/trackers/{id}/pause', byId(id))))
  const resume = action((id: number) => unwrap(api.POST('/api/trackers/{id}/resume', byId(id))))
  const renew = action((input: { id: number; duration_days: 7 | 30 | 90 }) =>
    unwrap(api.POST('/api/trackers/{id}/renew', { ...byId(input.id), body: { duration_days: input.duration_days } })),
  )
  const restore = action((id: number) => unwrap(api.POST('/api/trackers/{id}/restore', byId(id))))
  const makeFeed = action((id: number) => unwrap(api.POST('/api/trackers/{id}/feed', byId(id))))
  const endFeed = action((id: number) => unwrap(api.DELETE('/api/trackers/{id}/feed', byId(id))))
  const remove = useMutation({
    mutationFn: (tracker: Tracker) => unwrap(api.DELETE('/api/trackers/{id}', byId(tracker.id))),
    onSuccess: (_, tracker) => {
      client.removeQueries({ queryKey: ['tracker', tracker.id] })
      editList((items) => items.filter((one) => one.id !== tracker.id))
      refresh()
      notices.undoable(t('trackers.deleted', { name: tracker.name }), () => restore.mutate(tracker.id))
    },
    onError: notices.failed,
  })

  return { create, change, pause, resume, renew, remove, makeFeed, endFeed }
}
