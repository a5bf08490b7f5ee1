import { rememberSession } from '@/api/client'
import type { Tracker } from '@/api/types'
import FailingBoards from '@/components/FailingBoards.vue'
import NewTrackerView from '@/views/NewTrackerView.vue'
import TrackerView from '@/views/TrackerView.vue'
import { afterEach, expect, test, vi } from 'vitest'

import { answering, shown, words } from './withApp'

const leave: (() => void)[] = []
afterEach(() => {
  leave.splice(0).forEach((unmount) => unmount())
  vi.unstubAllGlobals()
})

const tracker = (changes: Partial<Tracker>): Tracker => ({
  id: 7,
  name: 'Snakes',
  query: 'python',
  canonical: 'python',
  status: 'active',
  cadence: 'daily',
  hour: null,
  weekday: null,
  channel: null,
  tells_changes: false,
  created_at: '2026-05-01T09:00:00Z',
  expires_at: '2026-06-01T09:00:00Z',
  paused_at: null,
  last_match_at: null,
  match_count: 0,
  role_count: 0,
  unseen_count: 0,
  untold_count: 0,
  daily: [],
  boards_failing: 0,
  failing_boards: [],
  feed_url: null,
  ...changes,
})

/** A server that knows one tracker and takes what it is told of it; what it was told. */
function serve(known: Tracker) {
  rememberSession({ csrf_token: 'token' } as never)
  const bodies: Record<string, unknown>[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname } = new URL(request.url)
    const isTold = request.method !== 'GET' && /^\/api\/trackers(\/7)?$/.test(pathname)
    if (isTold) {
      const body = await request.clone().json()
      bodies.push(body)
      Object.assign(known, { tells_changes: body.tells_changes })
    }
    const isTracker = isTold || pathname === '/api/trackers/7'
    return answering(() => (isTracker ? known : { items: [], total: 0, next_cursor: null }))(request)
  })
  return bodies
}

async function open(part: typeof TrackerView | typeof NewTrackerView, address: string) {
  const { root, unmount } = await shown(part, {}, address)
  leave.push(unmount)
  return root
}

const button = (root: Element, name: string) => [...root.querySelectorAll('button')].find((one) => words(one) === name)!
const changesSwitch = (root: Element) => vi.waitUntil(() => root.querySelector<HTMLInputElement>('#tracker-changes'))
const save = (root: Element) => root.querySelector('form')!.dispatchEvent(new Event('submit'))

test.each([false, true])('a new tracker tells what becomes of its openings only if asked to (%s)', async (asked) => {
  const bodies = serve(tracker({}))
  const root = await open(NewTrackerView, '/trackers/new?query=python')
  const toggle = await changesSwitch(root)
  expect(toggle.checked).toBe(false)
  if (asked) toggle.click()
  save(root)
  await vi.waitFor(() => expect(bodies).toMatchObject([{ query: 'python', tells_changes: asked }]))
})

test.each([false, true])('the switch of a tracker begins as the tracker is (%s) and is saved as it was left', async (before) => {
  const bodies = serve(tracker({ tells_changes: before }))
  const root = await open(TrackerView, '/trackers/7')
  await vi.waitFor(() => expect(words(root).includes('Once a day, changes too')).toBe(before))
  ;(await vi.waitUntil(() => button(root, 'Edit'))).click()
  const toggle = await changesSwitch(root)
  expect(toggle.checked).toBe(before)
  toggle.click()
  save(root)
  await vi.waitFor(() => expect(bodies).toMatchObject([{ tells_changes: !before }]))
  await vi.waitFor(() => expect(words(root)).toContain('Once a day'))
  expect(words(root).includes('changes too')).toBe(!before)
})

test('what the switch does is said beside it, also to who hears the page', async () => {
  serve(tracker({}))
  const root = await open(NewTrackerView, '/trackers/new?query=python')
  const toggle = await changesSwitch(root)
  expect(words(root.querySelector('label[for=tracker-changes]')!)).toBe('Also tell what becomes of them')
  const hint = document.getElementById(toggle.getAttribute('aria-describedby')!)!
  expect(words(hint)).toContain('or the opening closes')
})

const board = (company: string, source = 'greenhouse') => ({ company, slug: company.toLowerCase(), source, since: '2026-05-01T09:00:00Z' })

test('the boards that fail are named with a way to their companies, and the others counted', async () => {
  const failing = tracker({ boards_failing: 1207, failing_boards: ['Acme', 'Initech', 'Hooli', 'Umbrella', 'Globex'].map((name) => board(name)) })
  const { root, unmount } = await shown(FailingBoards, { tracker: failing })
  leave.push(unmount)
  const rows = [...root.querySelectorAll('li')]
  expect(words(root)).toContain('1,207 boards it covers are failing')
  expect(rows).toHaveLength(6)
  expect(words(rows[0]!)).toMatch(/^Acme greenhouse, since \w+/)
  expect(rows[0]!.querySelector('a')!.getAttribute('href')).toBe('/companies/acme')
  expect(rows[0]!.querySelector('time')!.dateTime).toBe('2026-05-01T09:00:00Z')
  expect(words(rows[5]!)).toBe('and 1,202 more')
})

test('two boards of one company are two lines, and where all are named none is counted', async () => {
  const failing = tracker({ boards_failing: 2, failing_boards: [board('Acme'), board('Acme', 'lever')] })
  const { root, unmount } = await shown(FailingBoards, { tracker: failing })
  leave.push(unmount)
  expect([...root.querySelectorAll('li')].map((row) => words(row).split(',')[0])).toEqual(['Acme greenhouse', 'Acme lever'])
})

test.each([0, 1])('the page of a tracker speaks of failing boards only if there are any (%d)', async (count) => {
  serve(tracker({ boards_failing: count, failing_boards: count ? [board('Acme')] : [] }))
  const root = await open(TrackerView, '/trackers/7')
  await vi.waitFor(() => expect(words(root)).toContain('Snakes'))
  expect(words(root).includes('1 board it covers is failing')).toBe(count === 1)
})
