import type { Page } from '@/api/types'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'

/** A list read page by page, as far as whoever shows it needs to know. */
export interface Pages {
  items: Readonly<Ref<unknown[]>>
  error: Readonly<Ref<Error | null>>
  isPending: Readonly<Ref<boolean>>
  hasNextPage: Readonly<Ref<boolean>>
  isFetchingNextPage: Readonly<Ref<boolean>>
  fetchNextPage: () => unknown
  refetch: () => unknown
}

/** A list by cursor: `items` of all pages read so far. `key` names it and holds every ref it depends on. */
export function usePages<P extends Page<unknown>>(
  key: readonly unknown[],
  read: (cursor: string | undefined) => Promise<P>,
  options: { enabled?: Ref<boolean>; refetchInterval?: number } = {},
) {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    ...options,
  })
  const items = computed<P['items']>(() => query.data.value?.pages.flatMap((page) => page.items) ?? [])
  const total = computed(() => query.data.value?.pages[0]?.total ?? null)
  return { ...query, items, total }
}
