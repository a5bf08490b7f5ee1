/** The pure formats of domain/, in the reader's language and place. */
import type { Pay, Place } from '@/api/types'
import { countryName } from '@/domain/countries'
import { payRange } from '@/domain/pay'
import { calendarDay, relativeTime, seconds, shortDate } from '@/domain/time'
import { readerLocale } from '@/i18n'
import { useI18n } from 'vue-i18n'

import { useNow } from './browser'

export function useFormat() {
  const { t, te } = useI18n()
  const now = useNow()
  const locale = readerLocale()

  /** A word of the API in the page's language; a word the page does not know is shown as it came. */
  function word(group: string, value: string | null | undefined): string {
    if (!value) return t('common.notStated')
    const key = `${group}.${value}`
    return te(key) ? t(key) : value.replaceAll('_', ' ')
  }

  function pay(value: Pay | null): string | null {
    const range = payRange(value, locale, { from: t('pay.from'), upTo: t('pay.upTo') })
    if (!range) return null
    return value?.period ? t('pay.per', { range, period: word('period', value.period) }) : range
  }

  function places(all: Place[], most = 2): string {
    const names = all.slice(0, most).map((place) => place.text)
    const more = all.length - names.length
    return more > 0 ? t('listing.placesAndMore', { places: names.join('; '), more }) : names.join('; ')
  }

  return {
    word,
    pay,
    places,
    number: (value: number, options?: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options).format(value),
    ago: (iso: string) => relativeTime(new Date(iso), now.value, locale),
    agoLong: (iso: string) => relativeTime(new Date(iso), now.value, locale, 'long'),
    date: (iso: string) => shortDate(new Date(iso), locale),
    day: (day: string) => calendarDay(day, locale),
    seconds: (value: number) => seconds(value, locale),
    country: (code: string) => countryName(code, locale),
    bytes: (value: number) =>
      value < 1024 * 1024
        ? new Intl.NumberFormat(locale, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 0 }).format(value / 1024)
        : new Intl.NumberFormat(locale, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 }).format(value / 1024 / 1024),
  }
}
