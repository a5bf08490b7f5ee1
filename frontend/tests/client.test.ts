import { ApiError, fetchWithToken, rememberSession, toApiError, unwrap } from '@/api/client'
import { afterEach, expect, test, vi } from 'vitest'

const refused = (status: number, headers = {}) => new Response('', { status, headers })
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })
const session = (csrf_token: string) => ({ user: null, csrf_token, channels: { mail: true } })
const address = 'http://localhost/api/trackers'

afterEach(() => vi.unstubAllGlobals())

test("our own error keeps its code, words, fields and column", () => {
  const body = { error: { code: 'invalid', message: 'unclosed quote at 8', fields: { query: ['unclosed quote at 8'] }, column: 8 } }
  const error = toApiError(body, refused(422))
  expect(error).toMatchObject({ code: 'invalid', message: 'unclosed quote at 8', column: 8, status: 422 })
  expect(error.field('query')).toBe('unclosed quote at 8')
  expect(error.field('name')).toBeUndefined()
})

test("a proxy's page has no words of ours, but a meaning", () => {
  expect(toApiError('<html>Bad gateway</html>', refused(502))).toMatchObject({ code: 'unavailable', isTemporary: true })
  expect(toApiError(undefined, refused(404))).toMatchObject({ code: 'not_found', isTemporary: false })
})

test('a limit says when to come back', () => {
  expect(toApiError(null, refused(429, { 'Retry-After': '30' }))).toMatchObject({ code: 'rate_limited', retryAfter: 30 })
})

test('a server that cannot be reached is an ApiError too', async () => {
  const call = Promise.reject(new TypeError('Failed to fetch'))
  await expect(unwrap(call)).rejects.toMatchObject({ name: 'ApiError', code: 'network' })
})

test('a refused answer is thrown and a good one is unwrapped', async () => {
  await expect(unwrap(Promise.resolve({ error: {}, response: refused(403) }))).rejects.toBeInstanceOf(ApiError)
  await expect(unwrap(Promise.resolve({ data: { id: 7 }, response: refused(200) }))).resolves.toEqual({ id: 7 })
})

test('a change carries the token of the session', async () => {
  rememberSession(session('first'))
  const sent = vi.fn(async (_: Request) => json({}))
  vi.stubGlobal('fetch', sent)
  await fetchWithToken(new Request(address, { method: 'POST', body: '{}' }))
  expect(sent.mock.calls[0]![0].headers.get('X-CSRFToken')).toBe('first')
})

test('a stale token is renewed once and the change is sent again, whole', async () => {
  rememberSession(session('stale'))
  const bodies: string[] = []
  const fetchStub = vi.fn(async (request: Request | string) => {
    if (typeof request === 'string') return json(session('fresh'))
    bodies.push(await request.text())
    return request.headers.get('X-CSRFToken') === 'fresh' ? json({ id: 1 }, 201) : json({ error: { code: 'csrf' } }, 400)
  })
  vi.stubGlobal('fetch', fetchStub)
  const response = await fetchWithToken(new Request(address, { method: 'POST', body: '{"query":"rust"}' }))
  expect(response.status).toBe(201)
  expect(bodies).toEqual(['{"query":"rust"}', '{"query":"rust"}'])
})

test('reading needs no token', async () => {
  const sent = vi.fn(async (_: Request) => json({}))
  vi.stubGlobal('fetch', sent)
  await fetchWithToken(new Request(address))
  expect(sent.mock.calls[0]![0].headers.has('X-CSRFToken')).toBe(false)
})
