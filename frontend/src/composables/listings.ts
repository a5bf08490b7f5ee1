import { api, unwrap } from '@/api/client'
import type { ListingPage, ListingSummary } from '@/api/types'
import { ageOf, filtersToQuery, seenSince, type ListingFilters } from '@/domain/filters'
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter, type Ref } from 'vue'

export const PAGE_SIZE = 40

/**
 * The listings a search finds, page after page. Pages already read stay, so Back finds them again.
 * `error` is why there are none, `nextError` why no more; `restart` forgets the pages and reads the first anew.
 */
export function useListings(filters: MaybeRefOrGetter<ListingFilters>) {
  const client = useQueryClient()
  const params = computed(() => filtersToQuery(toValue(filters)))
  const query = useInfiniteQuery({
    queryKey: ['listings', params],
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/api/listings', { params: { query: { ...params.value, cursor: pageParam, limit: PAGE_SIZE, count: false } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  const pages = computed(() => query.data.value?.pages ?? [])
  const listings = computed(() => pages.value.flatMap((page) => page.items))
  const first = computed<ListingPage | undefined>(() => pages.value[0])
  const error = computed(() => (query.data.value ? null : query.error.value))
  const nextError = computed(() => (query.isFetchNextPageError.value ? query.error.value : null))
  const restart = () => client.resetQueries({ queryKey: ['listings', params.value], exact: true })
  return { ...query, error, nextError, listings, first, restart }
}

const FACETS = 'employer,country,city,mode,type,level,source,posted'

/**
 * How many listings a search finds, and how many each value of each filter would leave, if that is wanted.
 * Asked for beside the rows, which do not wait for it, once these are there; not where they tell it themselves.
 */
export function useCounts(filters: MaybeRefOrGetter<ListingFilters>, page: Ref<ListingPage | undefined>, wantsFacets: Ref<boolean>) {
  const params = computed(() => ({
    ...filtersToQuery({ ...toValue(filters), sort: 'newest' as const }),
    ...(wantsFacets.value ? { facets: FACETS } : {}),
  }))
  const query = useQuery({
    queryKey: ['counts', params],
    queryFn: ({ signal }) => unwrap(api.GET('/api/listings', { params: { query: { ...params.value, limit: 1 } }, signal })),
    enabled: computed(() => page.value !== undefined && !page.value.partial && (wantsFacets.value || page.value.total === null)),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
  const facets = computed(() => query.data.value?.facets ?? undefined)
  const total = computed(() => page.value?.total ?? query.data.value?.total ?? null)
  return { ...query, facets, total }
}

/**
 * How many of a search were first seen since a time, and the query that finds them; asked for once the search is answered.
 * `isNew` tells it of one of its listings, by the same measure.
 */
export function useNewer(filters: MaybeRefOrGetter<ListingFilters>, page: Ref<ListingPage | undefined>, since: string | null) {
  const { age, begins } = ageOf(since ? new Date(since) : new Date(), new Date())
  const q = computed(() => seenSince(toValue(filters).q, age))
  const params = computed(() => filtersToQuery({ ...toValue(filters), q: q.value, sort: 'newest' }))
  const { data: count } = useQuery({
    queryKey: ['newer', params],
    queryFn: ({ signal }) => unwrap(api.GET('/api/listings', { params: { query: { ...params.value, limit: 1 } }, signal })),
    select: (found) => found.total,
    enabled: computed(() => since !== null && page.value !== undefined && !page.value.partial && !page.value.instead),
    retry: false,
  })
  const isNew = (listing: ListingSummary) => since !== null && new Date(listing.first_seen_at) > begins
  return { count, q, isNew }
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
