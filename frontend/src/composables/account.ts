import { api, unwrap } from '@/api/client'
import type { AccountChange } from '@/api/types'
import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'

import { useNotices } from './errors'

export const EXPORT_ADDRESS = '/api/account/export'

export function useAccount() {
  return useQuery({ queryKey: ['account'], queryFn: () => unwrap(api.GET('/api/account')) })
}

export function useAccountActions() {
  const client = useQueryClient()
  const notices = useNotices()
  const { t } = useI18n()
  const change = useMutation({
    mutationFn: (body: AccountChange) => unwrap(api.PATCH('/api/account', { body })),
    onSuccess: (account) => {
      client.setQueryData(['account'], account)
      notices.done(t('account.saved'))
    },
  })
  const setPassword = useMutation({
    mutationFn: (body: { current: string; new: string }) => unwrap(api.POST('/api/account/password', { body })),
    onSuccess: () => notices.done(t('account.passwordChanged')),
  })
  const remove = useMutation({
    mutationFn: (password: string) => unwrap(api.DELETE('/api/account', { body: { password } })),
  })
  return { change, setPassword, remove }
}

/** Becoming a user, and coming back after a forgotten password. */
export function useRegistration() {
  const register = useMutation({
    mutationFn: (body: { email: string; password: string; time_zone: string }) => unwrap(api.POST('/api/users', { body })),
  })
  const askReset = useMutation({
    mutationFn: (email: string) => unwrap(api.POST('/api/users/reset', { body: { email } })),
  })
  const confirmReset = useMutation({
    mutationFn: (body: { token: string; password: string }) => unwrap(api.POST('/api/users/reset/confirm', { body })),
  })
  return { register, askReset, confirmReset }
}

export const ownTimeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone

export function timeZones(): string[] {
  return [...new Set(['UTC', ownTimeZone(), ...Intl.supportedValuesOf('timeZone')])].sort()
}
