/** What the links of a mail do: whoever holds one may stop or renew its trackers, without log-in. */
import { api, unwrap } from '@/api/client'
import { useMutation, useQuery } from '@tanstack/vue-query'

const byToken = (token: string) => ({ params: { path: { token } } })

export function useUnsubscribe(token: string) {
  const what = useQuery({ queryKey: ['unsubscribe', token], queryFn: () => unwrap(api.GET('/api/unsubscribe/{token}', byToken(token))) })
  const stop = useMutation({ mutationFn: () => unwrap(api.POST('/api/unsubscribe/{token}', byToken(token))) })
  return { what, stop }
}

export function useRenewal(token: string) {
  return useMutation({
    mutationFn: (duration_days: 7 | 30 | 90) => unwrap(api.POST('/api/renew/{token}', { ...byToken(token), body: { duration_days } })),
  })
}
