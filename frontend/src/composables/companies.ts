import { api, unwrap } from '@/api/client'
import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'

import { usePages } from './paging'

export function useCompanies(q: MaybeRefOrGetter<string>) {
  const text = computed(() => toValue(q).trim())
  return usePages(['companies', text], (cursor) =>
    unwrap(api.GET('/api/companies', { params: { query: { q: text.value || undefined, cursor, limit: 60 } } })),
  )
}

export function useCompany(slug: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: ['company', computed(() => toValue(slug))],
    queryFn: () => unwrap(api.GET('/api/companies/{slug}', { params: { path: { slug: toValue(slug) } } })),
  })
}
