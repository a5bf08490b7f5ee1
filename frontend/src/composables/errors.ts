import { ApiError } from '@/api/client'
import type { ToastMessageOptions } from 'primevue/toast'
import { useToast } from 'primevue/usetoast'
import { useI18n } from 'vue-i18n'

import { whenToastsAreThere } from './toasts'

/** An error in words for people: the server's own, or ours where it had none. */
export function useErrorText() {
  const { t, te } = useI18n()
  return (error: unknown): string => {
    if (!(error instanceof ApiError)) return t('errors.unknown')
    if (error.code === 'rate_limited' && error.retryAfter) return t('errors.rateLimited', error.retryAfter)
    if (error.message) return error.message
    return te(`errors.${error.code}`) ? t(`errors.${error.code}`) : t('errors.unknown')
  }
}

/** Short words that pass by: something was done, or was refused. */
export function useNotices() {
  const toast = useToast()
  const text = useErrorText()
  const { t } = useI18n()
  const show = (message: ToastMessageOptions) => void whenToastsAreThere().then(() => toast.add(message))
  return {
    done: (summary: string) => show({ severity: 'success', summary, life: 4000 }),
    failed: (error: unknown) => show({ severity: 'error', summary: t('errors.title'), detail: text(error), life: 8000 }),
    undoable: (summary: string, undo: () => void) => show({ severity: 'secondary', summary, detail: undo, life: 10_000, group: 'undo' }),
  }
}
