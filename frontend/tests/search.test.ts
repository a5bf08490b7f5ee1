import { useSearchState } from '@/composables/search'
import { expect, test } from 'vitest'

import { flushPromises, withApp } from './withApp'

const at = async (address: string) => {
  const { result: search, router } = await withApp(useSearchState, address)
  return { search, router, address: () => router.currentRoute.value.fullPath }
}

test('the address is the whole state', async () => {
  const { search } = await at('/?q=rust&mode=remote&employer=a&employer=b&sort=salary&open=7&pages=3')
  expect(search.filters.value).toMatchObject({ q: 'rust', mode: ['remote'], employer: ['a', 'b'], sort: 'salary' })
  expect(search.open.value).toBe(7)
  expect(search.pages.value).toBe(3)
  expect(search.chips.value.map(({ key, value }) => `${key}:${value}`)).toEqual(['employer:a', 'employer:b', 'mode:remote'])
})

test('a new filter begins at the first page without a preview, and Back undoes it', async () => {
  const { search, router, address } = await at('/?q=rust&open=7&pages=3')
  search.setFilters({ mode: ['remote'] })
  await flushPromises()
  expect(address()).toBe('/?q=rust&mode=remote')
  router.back()
  await flushPromises()
  expect(address()).toBe('/?q=rust&open=7&pages=3')
})

test('a chip removed takes its own value only; clearing leaves the query and the order', async () => {
  const { search, address } = await at('/?q=rust&employer=a&employer=b&city=new+york&sort=salary')
  search.removeChip({ key: 'employer', value: 'a' })
  await flushPromises()
  expect(address()).toBe('/?q=rust&employer=b&city=new+york&sort=salary')
  search.clear()
  await flushPromises()
  expect(address()).toBe('/?q=rust&sort=salary')
})

test('reading on from a preview adds no steps to the history', async () => {
  const { search, router, address } = await at('/?q=rust')
  for (const id of [1, 2, 3]) {
    search.setOpen(id)
    await flushPromises()
  }
  expect(address()).toBe('/?q=rust&open=3')
  router.back()
  await flushPromises()
  expect(address()).toBe('/?q=rust')
})
