import { api, unwrap } from '@/api/client'
import { useQuery } from '@tanstack/vue-query'

export function useStats() {
  return useQuery({ queryKey: ['stats'], queryFn: () => unwrap(api.GET('/api/stats')), refetchInterval: 60_000 })
}

export function useSources() {
  return useQuery({
    queryKey: ['sources'],
    queryFn: () => unwrap(api.GET('/api/sources')),
    refetchInterval: 60_000,
    select: (page) => page.items,
  })
}
