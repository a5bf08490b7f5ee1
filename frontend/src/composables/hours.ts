/** Hours and weekdays to choose from, in the reader's own writing. */
import { readerLocale } from '@/i18n'

const MONDAY = Date.UTC(2024, 0, 1)
const DAY = 86_400_000
const HOUR = 3_600_000

export function hours(): { value: string; label: string }[] {
  const format = new Intl.DateTimeFormat(readerLocale(), { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' })
  return Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), label: format.format(MONDAY + hour * HOUR) }))
}

export function weekdays(): { value: string; label: string }[] {
  const format = new Intl.DateTimeFormat(readerLocale(), { weekday: 'long', timeZone: 'UTC' })
  return Array.from({ length: 7 }, (_, day) => ({ value: String(day), label: format.format(MONDAY + day * DAY) }))
}
