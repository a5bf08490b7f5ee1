/** The user's ways to be told beside mail. */
import { api, unwrap } from '@/api/client'
import type { Channel, ChannelList } from '@/api/types'
import { useSession } from '@/stores/session'
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

import { useNotices } from './errors'

const KEY = ['channels']
const byId = (id: number) => ({ params: { path: { id } } })

/** A code is on its way: the page looks again soon. */
const onItsWay = (channel: Channel) => channel.code_asked_at !== null && channel.code_sent_at === null && channel.error === null

export function useChannels() {
  const session = useSession()
  const { data } = useQuery({
    queryKey: KEY,
    queryFn: () => unwrap(api.GET('/api/account/channels')),
    enabled: computed(() => session.user !== null),
    refetchInterval: (query) => (query.state.data?.items.some((channel) => needsCode(channel) && onItsWay(channel)) ? 2000 : false),
  })
  const channels = computed(() => data.value?.items ?? [])
  /** Those that a tracker may be told to use. */
  const usable = computed(() => channels.value.filter((channel) => !needsCode(channel) && channel.state !== 'off'))
  return { channels, usable, kinds: computed(() => data.value?.kinds ?? []) }
}

export const needsCode = (channel: Channel) => channel.state === 'unverified' || channel.state === 'refused'

export function useChannelActions() {
  const client = useQueryClient()
  const notices = useNotices()
  const { t } = useI18n()

  function put(channel: Channel): void {
    client.setQueryData<ChannelList>(KEY, (list) => {
      if (!list) return list
      const known = list.items.some(({ id }) => id === channel.id)
      return { ...list, items: known ? list.items.map((one) => (one.id === channel.id ? channel : one)) : [...list.items, channel] }
    })
    void client.invalidateQueries({ queryKey: KEY })
  }

  const create = useMutation({
    mutationFn: (body: { address: string; name: string }) => unwrap(api.POST('/api/account/channels', { body })),
    onSuccess: put,
  })
  const sendCode = useMutation({
    mutationFn: (id: number) => unwrap(api.POST('/api/account/channels/{id}/code', byId(id))),
    onSuccess: put,
    onError: notices.failed,
  })
  const verify = useMutation({
    mutationFn: ({ id, code }: { id: number; code: string }) =>
      unwrap(api.POST('/api/account/channels/{id}/verify', { ...byId(id), body: { code } })),
    onSuccess: (channel) => {
      put(channel)
      notices.done(t('channels.verified', { name: channel.name }))
    },
  })
  const remove = useMutation({
    mutationFn: (channel: Channel) => unwrap(api.DELETE('/api/account/channels/{id}', byId(channel.id))),
    onSuccess: (_, channel) => {
      client.setQueryData<ChannelList>(KEY, (list) => list && { ...list, items: list.items.filter(({ id }) => id !== channel.id) })
      void client.invalidateQueries({ queryKey: ['trackers'] })
      notices.done(t('channels.deleted', { name: channel.name }))
    },
    onError: notices.failed,
  })
  const showSecret = useMutation({
    mutationFn: (id: number) => unwrap(api.GET('/api/account/channels/{id}/secret', byId(id))),
    onError: notices.failed,
  })
  const replaceSecret = useMutation({
    mutationFn: (id: number) => unwrap(api.POST('/api/account/channels/{id}/secret', byId(id))),
    onSuccess: () => notices.done(t('channels.secretReplaced')),
    onError: notices.failed,
  })
  return { create, sendCode, verify, remove, showSecret, replaceSecret }
}
