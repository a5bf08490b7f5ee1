import { useCounts, useListings, useNewer } from '@/composables/listings'
import { noFilters } from '@/domain/filters'
import { afterEach, expect, test, vi } from 'vitest'
import { ref } from 'vue'

import { answering, flushPromises, withApp } from './withApp'

afterEach(() => vi.unstubAllGlobals())

const page = (id: number, next_cursor: string | null = null) => ({ items: [{ id }], total: 2, next_cursor, partial: false, instead: null })
const gone = () => new Response(JSON.stringify({ error: { code: 'gone', message: 'older than 15 minutes' } }), { status: 410 })

test('a list that has aged keeps its rows, says why there are no more, and can be begun again', async () => {
  let first = 1
  vi.stubGlobal('fetch', answering((url) => (url.searchParams.has('cursor') ? gone() : page(first, 'next'))))
  const { result: found } = await withApp(() => useListings(noFilters()))
  await vi.waitFor(() => expect(found.listings.value.map(({ id }) => id)).toEqual([1]))

  await found.fetchNextPage()
  expect(found.nextError.value).toMatchObject({ code: 'gone', message: 'older than 15 minutes' })
  expect(found.error.value).toBeNull()
  expect(found.listings.value.map(({ id }) => id)).toEqual([1])

  first = 5
  await found.restart()
  await vi.waitFor(() => expect(found.listings.value.map(({ id }) => id)).toEqual([5]))
  expect(found.nextError.value).toBeNull()
})

test('a search that is refused has an error and no rows', async () => {
  const refusal = { error: { code: 'invalid', message: 'unclosed quote at 1', fields: { q: ['unclosed quote at 1'] }, column: 1 } }
  vi.stubGlobal('fetch', answering(() => new Response(JSON.stringify(refusal), { status: 422 })))
  const { result: found } = await withApp(() => useListings({ ...noFilters(), q: '"x' }))
  await vi.waitFor(() => expect(found.error.value).toMatchObject({ column: 1 }))
  expect(found.listings.value).toEqual([])
})

test('facets are asked for only when they are shown, and not again for another order', async () => {
  const asked: string[] = []
  const facets = { mode: [{ value: 'remote', label: 'Remote', count: 3 }] }
  vi.stubGlobal('fetch', answering((url) => (asked.push(url.search), { ...page(1), facets })))
  const filters = ref(noFilters())
  const rows = ref()
  const wantsFacets = ref(true)
  const { result } = await withApp(() => useCounts(filters, rows, wantsFacets))
  expect(asked).toEqual([])
  rows.value = { ...page(1), total: null }
  await vi.waitFor(() => expect(result.facets.value).toEqual(facets))
  expect(result.total.value).toBe(2)
  filters.value = { ...filters.value, sort: 'salary' }
  await flushPromises()
  expect(asked).toHaveLength(1)
  expect(asked[0]).toContain('facets=employer%2Ccountry%2Ccity%2Cmode')
})

test('without the filter panel only the number is asked for, and nothing where the rows tell it', async () => {
  const asked: URLSearchParams[] = []
  vi.stubGlobal('fetch', answering((url) => (asked.push(url.searchParams), page(1))))
  const rows = ref({ ...page(1), total: 7 as number | null })
  const { result } = await withApp(() => useCounts(noFilters(), rows as never, ref(false)))
  await flushPromises()
  expect(asked).toEqual([])
  expect(result.total.value).toBe(7)
  rows.value = { ...page(1), total: null }
  await vi.waitFor(() => expect(result.total.value).toBe(2))
  expect(asked[0]!.has('facets')).toBe(false)
})

test('what is new since the last visit is counted within the same search', async () => {
  const asked: URLSearchParams[] = []
  vi.stubGlobal('fetch', answering((url) => (asked.push(url.searchParams), { ...page(1), total: 12 })))
  const since = new Date(Date.now() - 3_590_000).toISOString()
  const filters = { ...noFilters(), q: 'rust OR go', mode: ['remote'] }
  const { result } = await withApp(() => useNewer(filters, ref(page(1) as never), since))
  await vi.waitFor(() => expect(result.count.value).toBe(12))
  expect(asked[0]!.get('q')).toBe('(rust OR go) seen<60m')
  expect(asked[0]!.get('mode')).toBe('remote')
})

test('on a first visit nothing is asked', async () => {
  const fetched = vi.fn()
  vi.stubGlobal('fetch', fetched)
  await withApp(() => useNewer(noFilters(), ref(page(1) as never), null))
  expect(fetched).not.toHaveBeenCalled()
})
