import { ApiError } from '@/api/client'
import { router } from '@/router'
import { useSession } from '@/stores/session'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/vue-query'

/** A session that ended while a page of a user is open leads to the log-in, and back. */
function onError(error: Error): void {
  if (!(error instanceof ApiError) || error.code !== 'unauthenticated') return
  useSession().forget()
  const route = router.currentRoute.value
  if (route.meta.needs) void router.push({ name: 'login', query: { next: route.fullPath } })
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 30 * 60_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && error instanceof ApiError && error.isTemporary,
    },
  },
})
