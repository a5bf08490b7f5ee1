import { rememberSession } from '@/api/client'
import type { Match } from '@/api/types'
import { newest, useMatches, useSeen } from '@/composables/matches'
import { afterEach, expect, test, vi } from 'vitest'

import { answering, withApp } from './withApp'

const undoable = vi.hoisted(() => vi.fn())
const failed = vi.hoisted(() => vi.fn())
vi.mock('@/composables/errors', () => ({ useNotices: () => ({ undoable, failed }) }))
afterEach(() => {
  vi.unstubAllGlobals()
  vi.clearAllMocks()
})

const row = (id: number, found_at: string, seen = false) => ({ id, seen, found_at, places: [{ match_id: id, found_at }] }) as Match
const ROWS = [row(2, '2026-03-02T08:00:00Z'), row(1, '2026-03-01T08:00:00Z')]

function serve(answers: Record<string, unknown>) {
  rememberSession({ csrf_token: 'token' } as never)
  const asked: { path: string; body: unknown }[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname } = new URL(request.url)
    asked.push({ path: pathname, body: request.method === 'POST' ? await request.clone().json() : null })
    return answering(() => answers[pathname] ?? { items: ROWS, total: null, next_cursor: null })(request)
  })
  return asked
}

test('a row is marked on the page at once, and on the server', async () => {
  const asked = serve({ '/api/trackers/7/matches/seen': { count: 1, seen_at: '2026-03-03T08:00:00Z' } })
  const { result } = await withApp(() => ({ matches: useMatches(7, false), seen: useSeen(7) }))
  await vi.waitFor(() => expect(result.matches.items.value).toHaveLength(2))
  result.seen.mark.mutate({ match: ROWS[0]!, seen: true })
  await vi.waitFor(() => expect(result.matches.items.value.map(({ seen }) => seen)).toEqual([true, false]))
  await vi.waitFor(() => expect(asked.at(-1)).toEqual({ path: '/api/trackers/7/matches/seen', body: { ids: [2] } }))
})

test('a marking that is refused is taken back and said', async () => {
  const refusal = new Response(JSON.stringify({ error: { code: 'not_found', message: 'There is no such match.' } }), { status: 404 })
  serve({ '/api/trackers/7/matches/seen': refusal })
  const { result } = await withApp(() => ({ matches: useMatches(7, false), seen: useSeen(7) }))
  await vi.waitFor(() => expect(result.matches.items.value).toHaveLength(2))
  result.seen.mark.mutate({ match: ROWS[0]!, seen: true })
  await vi.waitFor(() => expect(failed).toHaveBeenCalled())
  await vi.waitFor(() => expect(result.matches.items.value.map(({ seen }) => seen)).toEqual([false, false]))
})

test('all that is listed is marked up to the newest of it, and that can be undone', async () => {
  const asked = serve({
    '/api/trackers/7/seen': { count: 2, seen_at: '2026-03-03T08:00:00Z' },
    '/api/trackers/7/unseen': { count: 2, seen_at: null },
  })
  const { result } = await withApp(() => ({ matches: useMatches(7, false), seen: useSeen(7) }))
  await vi.waitFor(() => expect(result.matches.items.value).toHaveLength(2))
  result.seen.markAll.mutate(ROWS)
  await vi.waitFor(() => expect(undoable).toHaveBeenCalled())
  expect(asked.at(-1)).toEqual({ path: '/api/trackers/7/seen', body: { until: '2026-03-02T08:00:00Z' } })
  undoable.mock.calls[0]![1]()
  await vi.waitFor(() => expect(asked.some(({ path }) => path === '/api/trackers/7/unseen')).toBe(true))
  expect(asked.find(({ path }) => path.endsWith('/unseen'))!.body).toEqual({ seen_at: '2026-03-03T08:00:00Z' })
})

test('the newest moment counts every place of every row', () => {
  const late = { ...row(3, '2026-01-01T08:00:00Z'), places: [row(3, '2026-01-01T08:00:00Z'), row(9, '2026-04-01T08:00:00Z')] } as never
  expect(newest([...ROWS, late])).toBe('2026-04-01T08:00:00Z')
})
