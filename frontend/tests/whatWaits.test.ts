import WhatWaits from '@/components/WhatWaits.vue'
import { afterEach, expect, test, vi } from 'vitest'

import { answering, shown, words } from './withApp'

let leave = () => {}
afterEach(() => {
  leave()
  vi.unstubAllGlobals()
})

const step = (name: string, count: number, age_seconds = 0, late = false) => ({ name, count, age_seconds, late })

/** The part of the administrators' page, once the server has said what waits. */
async function open(...waiting: ReturnType<typeof step>[]) {
  vi.stubGlobal('fetch', answering(() => ({ late_seconds: 1800, waiting })))
  const { root, unmount } = await shown(WhatWaits)
  leave = unmount
  await vi.waitFor(() => expect(root.querySelector('section')).not.toBeNull())
  return root
}

test('where nothing waits the page says so, and lists no step', async () => {
  const root = await open(step('crawls_unmatched', 0), step('matches_unsent', 0))
  expect(words(root)).toBe('Nothing waits: every crawl has met the trackers, and every mail is sent.')
  expect(root.querySelectorAll('li')).toHaveLength(0)
})

test('what waits is counted with the age of its oldest, and is no fault by itself', async () => {
  const root = await open(step('crawls_unmatched', 0), step('matches_unsent', 1234, 330), step('notifications_unsent', 2, 7500))
  expect([...root.querySelectorAll('li')].map(words)).toEqual([
    'Matches that are due: 1,234 (oldest: 5 minutes ago)',
    'Messages on their way: 2 (oldest: 2 hours ago)',
  ])
  expect(root.querySelector('.bad')).toBeNull()
})

test('what waits too long stands out, with what is too long and where to look', async () => {
  const root = await open(step('matches_unsent', 3, 60), step('notifications_unsent', 2, 7500, true))
  const [said, late, ...others] = [...root.querySelectorAll('.bad')]
  expect(words(said!)).toBe('What waits for longer than 30 minutes is late: see the logs of the workers and the mail server.')
  expect(words(late!)).toContain('Messages on their way: 2')
  expect(others).toEqual([])
})

test('a step that the page has no words for is shown as it came', async () => {
  expect(words(await open(step('letters_unfolded', 1, 60)))).toContain('letters unfolded: 1')
})

test('while the server has not answered nothing is claimed', async () => {
  vi.stubGlobal('fetch', () => new Promise(() => {}))
  const { root, unmount } = await shown(WhatWaits)
  leave = unmount
  expect(words(root)).toBe('')
})
