import { activeFilters, filtersFromQuery, filtersToQuery, withoutFilter, type ActiveFilter, type ListingFilters } from '@/domain/filters'
import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** The search page's whole state, which is its address: filters, the open preview, and how many pages are read. */
export function useSearchState() {
  const route = useRoute()
  const router = useRouter()

  const filters = computed(() => filtersFromQuery(route.query))
  const chips = computed(() => activeFilters(filters.value))
  const open = computed(() => Number(route.query.open) || null)
  const pages = computed(() => Math.min(Math.max(Number(route.query.pages) || 1, 1), 10))

  /** New filters are a new step in the history, and begin at the first page without a preview. */
  function setFilters(change: Partial<ListingFilters>): void {
    void router.push({ query: filtersToQuery({ ...filters.value, ...change }) })
  }

  function removeChip(chip: ActiveFilter): void {
    void router.push({ query: filtersToQuery(withoutFilter(filters.value, chip)) })
  }

  function clear(): void {
    const { q, sort } = filters.value
    void router.push({ query: filtersToQuery({ ...filtersFromQuery({}), q, sort }) })
  }

  /** The first preview is a step one can go back from; reading on from it is not. */
  function setOpen(id: number | null): void {
    const query = { ...route.query }
    if (id === null) delete query.open
    else query.open = String(id)
    void (open.value === null && id !== null ? router.push({ query }) : router.replace({ query }))
  }

  function setPages(count: number): void {
    const query = { ...route.query }
    if (count > 1) query.pages = String(count)
    else delete query.pages
    void router.replace({ query })
  }

  return { filters, chips, open, pages, setFilters, removeChip, clear, setOpen, setPages }
}
