import { api, unwrap } from '@/api/client'
import type { NewSuggestion, Suggestion, Page } from '@/api/types'
import { useMutation, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'

import { useNotices } from './errors'
import { usePages } from './paging'

export function useSuggest() {
  return useMutation({ mutationFn: (body: NewSuggestion) => unwrap(api.POST('/api/suggestions', { body })) })
}

export function useSuggestions(status: MaybeRefOrGetter<Suggestion['status']>) {
  const chosen = computed(() => toValue(status))
  return usePages<Page<Suggestion>>(['admin', 'suggestions', chosen], (cursor) =>
    unwrap(api.GET('/api/admin/suggestions', { params: { query: { status: chosen.value, cursor } } })),
  )
}

export function useSuggestionActions() {
  const client = useQueryClient()
  const notices = useNotices()
  const { t } = useI18n()
  const refresh = () => void client.invalidateQueries({ queryKey: ['admin'] })
  const at = (id: number) => ({ params: { path: { id } } })

  const accept = useMutation({
    mutationFn: (id: number) => unwrap(api.POST('/api/admin/suggestions/{id}/accept', at(id))),
    onSuccess: (board) => notices.done(t('suggestions.accepted', { board: `${board.source}:${board.token}` })),
    onError: notices.failed,
    onSettled: refresh,
  })
  const reopen = useMutation({
    mutationFn: (id: number) => unwrap(api.POST('/api/admin/suggestions/{id}/reopen', at(id))),
    onError: notices.failed,
    onSettled: refresh,
  })
  const dismiss = useMutation({
    mutationFn: ({ id }: { id: number; name: string }) => unwrap(api.POST('/api/admin/suggestions/{id}/dismiss', at(id))),
    onSuccess: (_, { id, name }) => notices.undoable(t('suggestions.dismissed', { name }), () => reopen.mutate(id)),
    onError: notices.failed,
    onSettled: refresh,
  })
  return { accept, dismiss, reopen }
}
