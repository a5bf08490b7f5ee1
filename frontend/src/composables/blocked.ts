/** Companies of which the user wants to be told nothing. */
import { api, unwrap } from '@/api/client'
import { useSession } from '@/stores/session'
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'

import { useNotices } from './errors'

const bySlug = (slug: string) => ({ params: { path: { slug } } })

export function useBlocked() {
  const client = useQueryClient()
  const session = useSession()
  const notices = useNotices()
  const { t } = useI18n()
  const { data } = useQuery({
    queryKey: ['blocked'],
    queryFn: () => unwrap(api.GET('/api/account/blocked-companies')),
    enabled: computed(() => session.user !== null),
  })
  const refresh = () => client.invalidateQueries({ queryKey: ['blocked'] })
  const unblock = useMutation({
    mutationFn: (slug: string) => unwrap(api.DELETE('/api/account/blocked-companies/{slug}', bySlug(slug))),
    onSuccess: refresh,
    onError: notices.failed,
  })
  const block = useMutation({
    mutationFn: ({ slug }: { slug: string; name: string }) => unwrap(api.PUT('/api/account/blocked-companies/{slug}', bySlug(slug))),
    onSuccess: (_, { slug, name }) => {
      void refresh()
      notices.undoable(t('companies.blocked', { name }), () => unblock.mutate(slug))
    },
    onError: notices.failed,
  })
  const companies = computed(() => data.value?.items ?? [])
  const isBlocked = (slug: string) => companies.value.some((company) => company.slug === slug)
  return { companies, isBlocked, block, unblock, mayBlock: computed(() => session.user !== null) }
}
