import type { Facets, ListingSummary } from '@/api/types'
import { reactive, watch, type Ref } from 'vue'

/** What people call the values of filters ("employer:stripe" -> "Stripe"), learnt from all that was shown. */
export function useNames(listings: Ref<ListingSummary[]>, facets: Ref<Facets | undefined>): Map<string, string> {
  const names = reactive(new Map<string, string>())
  watch(listings, (all) => all.forEach(({ company }) => names.set(`employer:${company.slug}`, company.name)), { immediate: true })
  watch(
    facets,
    (found) => {
      for (const [key, values] of Object.entries(found ?? {})) {
        for (const { value, label } of values) names.set(`${key}:${value}`, label)
      }
    },
    { immediate: true },
  )
  return names
}
