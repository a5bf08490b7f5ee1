import { api, unwrap } from '@/api/client'
import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'

import { usePages } from './paging'

export const COMPANY_ORDERS = ['name', 'open', 'new'] as const
export type CompanyOrder = (typeof COMPANY_ORDERS)[number]

export interface CompanyWish {
  q: string
  sector: string
  sort: CompanyOrder
}

/** Companies by name, sector and order; `sectors` are all there are, with how many companies each has. */
export function useCompanies(wish: MaybeRefOrGetter<CompanyWish>) {
  const asked = computed(() => toValue(wish))
  const pages = usePages(['companies', asked], (cursor) => {
    const { q, sector, sort } = asked.value
    return unwrap(api.GET('/api/companies', { params: { query: { q, sector, sort, cursor, limit: 60 } } }))
  })
  const sectors = computed(() => pages.data.value?.pages[0]?.sectors ?? [])
  return { ...pages, sectors }
}

export function useCompany(slug: MaybeRefOrGetter<string>) {
  return useQuery({
    queryKey: ['company', computed(() => toValue(slug))],
    queryFn: () => unwrap(api.GET('/api/companies/{slug}', { params: { path: { slug: toValue(slug) } } })),
  })
}
