import { api, unwrap } from '@/api/client'
import type { AdminUser, Board, CrawlStatus, Page } from '@/api/types'
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'

import { useNotices } from './errors'
import { usePages } from './paging'

const LIVE = { refetchInterval: 15_000 }

export interface BoardFilters {
  q?: string
  status?: Board['status']
  source?: string
}

export function useBoards(filters: MaybeRefOrGetter<BoardFilters>) {
  const query = computed(() => toValue(filters))
  return usePages<Page<Board>>(
    ['admin', 'boards', query],
    (cursor) => unwrap(api.GET('/api/admin/boards', { params: { query: { ...query.value, cursor } } })),
    LIVE,
  )
}

export function useBoard(id: MaybeRefOrGetter<number>) {
  return useQuery({
    queryKey: ['admin', 'board', computed(() => toValue(id))],
    queryFn: () => unwrap(api.GET('/api/admin/boards/{id}', { params: { path: { id: toValue(id) } } })),
    ...LIVE,
  })
}

export function useCrawls(filters: MaybeRefOrGetter<{ board_id?: number; status?: CrawlStatus }>) {
  const query = computed(() => toValue(filters))
  return usePages(
    ['admin', 'crawls', query],
    (cursor) => unwrap(api.GET('/api/admin/crawls', { params: { query: { ...query.value, cursor } } })),
    LIVE,
  )
}

/** What waits at each step from a crawl to a mail. */
export function usePulse() {
  return useQuery({ queryKey: ['admin', 'pulse'], queryFn: () => unwrap(api.GET('/api/admin/pulse')), ...LIVE })
}

export function useUsers(q: MaybeRefOrGetter<string>) {
  const text = computed(() => toValue(q).trim())
  return usePages(['admin', 'users', text], (cursor) =>
    unwrap(api.GET('/api/admin/users', { params: { query: { q: text.value || undefined, cursor } } })),
  )
}

export function useAdminActions() {
  const client = useQueryClient()
  const notices = useNotices()
  const { t } = useI18n()
  const refresh = () => void client.invalidateQueries({ queryKey: ['admin'] })
  const at = (id: number) => ({ params: { path: { id } } })

  const recognise = useMutation({
    mutationFn: (url: string) => unwrap(api.POST('/api/admin/boards/recognise', { body: { url } })),
  })
  const add = useMutation({
    mutationFn: (body: { url: string; company?: string }) => unwrap(api.POST('/api/admin/boards', { body })),
    onSuccess: refresh,
  })
  const setStatus = useMutation({
    mutationFn: ({ id, status }: { id: number; status: 'active' | 'paused' }) =>
      unwrap(api.PATCH('/api/admin/boards/{id}', { ...at(id), body: { status } })),
    onSuccess: refresh,
    onError: notices.failed,
  })
  const crawl = useMutation({
    mutationFn: (id: number) => unwrap(api.POST('/api/admin/boards/{id}/crawl', at(id))),
    onSuccess: () => {
      notices.done(t('admin.crawlAsked'))
      setTimeout(refresh, 3000)
    },
    onError: notices.failed,
  })
  const setUser = useMutation({
    mutationFn: ({ id, ...body }: { id: number } & Partial<Pick<AdminUser, 'disabled' | 'is_admin'>>) =>
      unwrap(api.PATCH('/api/admin/users/{id}', { ...at(id), body })),
    onSuccess: refresh,
    onError: notices.failed,
  })
  return { recognise, add, setStatus, crawl, setUser }
}
