import type { ListingSummary } from '@/api/types'
import { nextTick, type Ref } from 'vue'
import { useRouter, type RouteLocationRaw } from 'vue-router'

import { useKeys } from './keyboard'
import { useReadAhead } from './listings'

interface Rows {
  listings: Readonly<Ref<ListingSummary[]>>
  open: Readonly<Ref<number | null>>
  show: (id: number) => void
  trackLink: Readonly<Ref<RouteLocationRaw>>
}

/** `j` and `k` (or the arrows, once a row has the focus) read on; `o` opens, `t` tracks. */
export function useRowKeys({ listings, open, show, trackLink }: Rows): void {
  const router = useRouter()
  const readAhead = useReadAhead()

  const links = () => [...document.querySelectorAll<HTMLElement>('.rows .listing-row .title')]

  function current(): number {
    const focused = links().indexOf(document.activeElement as HTMLElement)
    return focused >= 0 ? focused : listings.value.findIndex((listing) => listing.id === open.value)
  }

  async function step(by: 1 | -1): Promise<void> {
    const index = Math.min(Math.max(current() + by, 0), listings.value.length - 1)
    const listing = listings.value[index]
    if (!listing) return
    show(listing.id)
    await nextTick()
    links()[index]?.focus({ preventScroll: true })
    links()[index]?.closest('li')?.scrollIntoView({ block: 'center' })
    const next = listings.value[index + by]
    if (next) readAhead(next.id)
  }

  /** Elsewhere the arrows scroll, as they always do. */
  function stepFromRow(by: 1 | -1): boolean {
    const isInRows = links().includes(document.activeElement as HTMLElement)
    if (isInRows) void step(by)
    return isInRows
  }

  useKeys({
    j: () => void step(1),
    k: () => void step(-1),
    ArrowDown: () => stepFromRow(1),
    ArrowUp: () => stepFromRow(-1),
    o: () => {
      const listing = listings.value[Math.max(current(), 0)]
      if (listing) void router.push(`/listings/${listing.id}`)
    },
    t: () => void router.push(trackLink.value),
  })
}
