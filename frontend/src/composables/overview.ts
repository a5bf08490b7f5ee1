import { api, unwrap } from '@/api/client'
import { useQuery } from '@tanstack/vue-query'

export function useStats() {
  return useQuery({ queryKey: ['stats'], queryFn: () => unwrap(api.GET('/api/stats')), refetchInterval: 60_000 })
}

const sources = { queryKey: ['sources'], queryFn: () => unwrap(api.GET('/api/sources')), refetchInterval: 60_000 }

/** Asked again every so many seconds. */
export function useSources(seconds = 60) {
  return useQuery({ ...sources, refetchInterval: 1000 * seconds, select: (page) => page.items })
}

/** Since when no careers site answers; null while one does. */
export function useNetwork() {
  return useQuery({ ...sources, select: (page) => page.network_away_since ?? null })
}
