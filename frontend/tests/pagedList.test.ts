import type { Delivery } from '@/api/types'
import DeliveriesView from '@/views/DeliveriesView.vue'
import { afterEach, expect, test, vi } from 'vitest'

import { answering, shown, words } from './withApp'

let leave = () => {}
afterEach(() => {
  leave()
  vi.unstubAllGlobals()
})

const message = (id: number): Partial<Delivery> => ({
  id,
  kind: 'digest',
  state: 'sent',
  channel: { kind: 'mail', name: null },
  created_at: '2026-05-01T09:00:00Z',
  sent_at: '2026-05-01T09:00:05Z',
  trackers: [],
  listing_count: 1000 + id,
  change_count: 0,
  tries: 1,
})
const page = (ids: number[], next_cursor: string | null = null) => ({ items: ids.map(message), total: null, next_cursor })

async function open(answer: (url: URL) => unknown) {
  vi.stubGlobal('fetch', answering(answer))
  const { root, unmount } = await shown(DeliveriesView, {}, '/account/deliveries')
  leave = unmount
  await vi.waitFor(() => expect(root.querySelector('[aria-busy]')).toBeNull())
  return root
}

const button = (root: Element, name: string) => [...root.querySelectorAll('button')].find((one) => words(one) === name)
const numbers = (root: Element) => [...root.querySelectorAll('tbody tr')].map((row) => words(row.querySelector('[data-label=New]')!))

test('a list shows its first page, and at its foot the way to more until there is no more', async () => {
  const root = await open((url) => (url.searchParams.get('cursor') === 'older' ? page([1]) : page([3, 2], 'older')))
  expect(numbers(root)).toEqual(['1,003', '1,002'])
  button(root, 'Load more')!.click()
  await vi.waitFor(() => expect(numbers(root)).toEqual(['1,003', '1,002', '1,001']))
  expect(button(root, 'Load more')).toBeUndefined()
})

test('each column has its head, and on a phone each cell its own', async () => {
  const root = await open(() => page([1]))
  const heads = [...root.querySelectorAll('th')]
  expect(heads.map(words)).toEqual(['Message', 'State', 'Trackers', 'New', 'Changed', 'Tries'])
  expect(heads.map((head) => head.classList.contains('end'))).toEqual([false, false, false, true, true, true])
  expect([...root.querySelectorAll('td')].slice(1).map((cell) => cell.dataset.label)).toEqual(heads.slice(1).map(words))
  expect(words(root.querySelector('caption')!)).toBe('Messages sent')
})

test('an empty list says so, and has no table', async () => {
  const root = await open(() => page([]))
  expect(words(root)).toContain('No messages yet')
  expect(root.querySelector('table')).toBeNull()
})

test('a list that cannot be read says why, and can be asked for again', async () => {
  let isAway = true
  const refusal = () => new Response(JSON.stringify({ error: { code: 'unavailable', message: 'The database is away.' } }), { status: 503 })
  const root = await open(() => (isAway ? refusal() : page([1])))
  expect(words(root.querySelector('[role=alert]')!)).toContain('The database is away.')
  isAway = false
  button(root, 'Try again')!.click()
  await vi.waitFor(() => expect(numbers(root)).toEqual(['1,001']))
})
