import { api, unwrap } from '@/api/client'
import type { ListingPage } from '@/api/types'
import { filtersToQuery, type ListingFilters } from '@/domain/filters'
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'

export const PAGE_SIZE = 40

/** The listings a search finds, page after page. Pages already read stay, so Back finds them again. */
export function useListings(filters: MaybeRefOrGetter<ListingFilters>) {
  const params = computed(() => filtersToQuery(toValue(filters)))
  const query = useInfiniteQuery({
    queryKey: ['listings', params],
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/api/listings', { params: { query: { ...params.value, cursor: pageParam, limit: PAGE_SIZE } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  const pages = computed(() => query.data.value?.pages ?? [])
  const listings = computed(() => pages.value.flatMap((page) => page.items))
  const first = computed<ListingPage | undefined>(() => pages.value[0])
  return { ...query, pages, listings, first }
}

function listingQuery(id: number) {
  return {
    queryKey: ['listing', id],
    queryFn: () => unwrap(api.GET('/api/listings/{id}', { params: { path: { id } } })),
  }
}

export function useListing(id: MaybeRefOrGetter<number | null>) {
  return useQuery(
    computed(() => ({ ...listingQuery(toValue(id) ?? 0), enabled: toValue(id) !== null })),
  )
}

/** Read a listing ahead, so that the next key press shows it at once. */
export function useReadAhead() {
  const client = useQueryClient()
  return (id: number) => void client.prefetchQuery({ ...listingQuery(id), staleTime: 60_000 })
}
