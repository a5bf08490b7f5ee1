/** Pay in its own currency and period, never converted. */
import type { Pay } from '@/api/types'

function numberFormat(pay: Pay, locale: string): Intl.NumberFormat {
  const fraction = [pay.min, pay.max].some((amount) => amount !== null && amount % 1 !== 0) ? 2 : 0
  const digits = { minimumFractionDigits: fraction, maximumFractionDigits: fraction }
  if (!pay.currency) return new Intl.NumberFormat(locale, digits)
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency: pay.currency, ...digits })
  } catch {
    // A source's own word that is no ISO 4217 code ("points") is shown as it is, after the number.
    return new Intl.NumberFormat(locale, digits)
  }
}

/** "€70,000–90,000", "from $45", "up to £120,000"; the period is said by the caller. Null when nothing is stated. */
export function payRange(pay: Pay | null, locale: string, words: { from: string; upTo: string }): string | null {
  if (!pay || (pay.min === null && pay.max === null)) return null
  const format = numberFormat(pay, locale)
  const isCurrency = format.resolvedOptions().style === 'currency'
  const unit = pay.currency && !isCurrency ? ` ${pay.currency}` : ''
  if (pay.min === null) return `${words.upTo} ${format.format(pay.max!)}${unit}`
  if (pay.max === null) return `${words.from} ${format.format(pay.min)}${unit}`
  if (pay.min === pay.max) return format.format(pay.min) + unit
  if (pay.min > pay.max) return `${format.format(pay.min)} – ${format.format(pay.max)}${unit}`
  return format.formatRange(pay.min, pay.max) + unit
}
