/** The delivery log: messages that trackers sent, and what they told of. */
import { api, unwrap } from '@/api/client'
import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter, type Ref } from 'vue'

import { usePages } from './paging'

export function useDeliveries(trackerId: MaybeRefOrGetter<number | undefined>) {
  return usePages(
    ['deliveries', computed(() => toValue(trackerId))],
    (cursor) => unwrap(api.GET('/api/account/deliveries', { params: { query: { cursor, tracker_id: toValue(trackerId) } } })),
    { refetchInterval: 30_000 },
  )
}

export function useDelivery(id: number) {
  return useQuery({
    queryKey: ['delivery', id],
    queryFn: () => unwrap(api.GET('/api/account/deliveries/{id}', { params: { path: { id } } })),
    refetchInterval: 30_000,
  })
}

/** What became of listings told before; asked for if the message told of any. */
export function useDeliveredChanges(id: number, enabled: Ref<boolean>) {
  return usePages(
    ['delivered-changes', id],
    (cursor) => unwrap(api.GET('/api/account/deliveries/{id}/changes', { params: { path: { id }, query: { cursor } } })),
    { enabled },
  )
}

export function useDelivered(id: number) {
  return usePages(['delivered', id], (cursor) =>
    unwrap(api.GET('/api/account/deliveries/{id}/matches', { params: { path: { id }, query: { cursor } } })),
  )
}
