/** The history of a listing as people read it. */
import type { Listing, Pay } from '@/api/types'
import { useI18n } from 'vue-i18n'

import { useFormat } from './format'

type ListingEvent = Listing['events'][number]

export interface Step {
  at: string
  title: string
  before?: string
  after?: string
}

/** `60000 80000 EUR year`, a dash for what was not stated. */
function payOf(line: string): Pay | null {
  const [min = null, max = null, currency = null, period = null] = line.split(' ').map((part) => (part === '-' ? null : part))
  const known = { min: min === null ? null : Number(min), max: max === null ? null : Number(max), currency, period }
  return Number.isNaN(known.min) || Number.isNaN(known.max) ? null : known
}

export function useSteps() {
  const { t, te } = useI18n()
  const { pay } = useFormat()

  /** A value of the history as people read it. Of a text there is only a hash, which says nothing to them. */
  function said(what: string, value: string | null): string | undefined {
    if (!value || what === 'text') return undefined
    return (what === 'salary' && pay(payOf(value))) || value
  }

  function stepOf({ at, what, before, after }: ListingEvent): Step {
    return {
      at,
      title: te(`events.${what}`) ? t(`events.${what}`) : t('events.changed', { what: what.replaceAll('_', ' ') }),
      before: said(what, before),
      after: said(what, after),
    }
  }

  return { stepOf }
}
