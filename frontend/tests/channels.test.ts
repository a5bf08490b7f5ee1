import { rememberSession } from '@/api/client'
import type { Channel } from '@/api/types'
import UserChannels from '@/components/UserChannels.vue'
import { useSession } from '@/stores/session'
import { afterEach, expect, test, vi } from 'vitest'

import { answering, shown } from './withApp'

afterEach(() => {
  vi.unstubAllGlobals()
  document.body.innerHTML = ''
})

const channel = (changes: Partial<Channel>): Channel => ({
  id: 1,
  kind: 'webhook',
  name: 'Chat',
  address: 'https://hooks.example.org/…',
  state: 'unverified',
  signed: true,
  verified_at: null,
  refused_at: null,
  code_asked_at: '2026-05-01T09:00:00Z',
  code_sent_at: null,
  error: null,
  created_at: '2026-05-01T09:00:00Z',
  tracker_count: 0,
  ...changes,
})

/** The part of the account's page, over a server that knows these channels and answers what else is asked. */
async function open(items: Channel[], answer: (request: Request) => unknown = () => ({})) {
  const asked: { method: string; path: string; body: unknown }[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url, 'http://localhost').pathname
    if (request.method !== 'GET') asked.push({ method: request.method, path, body: await request.clone().json().catch(() => null) })
    const found = path === '/api/account/channels' && request.method === 'GET' ? { items, kinds: ['webhook', 'apprise'] } : answer(request)
    return answering(() => found)(request)
  })
  rememberSession({ user: null, csrf_token: 'token', channels: { mail: true } })
  const { root } = await shown(UserChannels)
  useSession().user = { id: 1, email: 'ada@example.org', is_admin: false, time_zone: 'UTC', confirmed: true }
  if (items.length) await vi.waitFor(() => expect(root.textContent).toContain('Chat'))
  else await vi.waitFor(() => expect(root.textContent).toContain('Add a channel'))
  return { root, asked }
}

const button = (root: HTMLElement, text: string) => [...root.querySelectorAll('button')].find((one) => one.textContent?.includes(text))!

function type(root: HTMLElement, selector: string, text: string): void {
  const input = root.querySelector<HTMLInputElement>(selector)!
  input.value = text
  input.dispatchEvent(new Event('input'))
}

test('an address is given, and what is wrong with it is said beside it', async () => {
  const refusal = { error: { code: 'invalid', message: 'no', fields: { address: ['10.0.0.1 is a private address'] }, column: null } }
  const { root, asked } = await open([], () => new Response(JSON.stringify(refusal), { status: 422 }))
  button(root, 'Add a channel').click()
  await vi.waitFor(() => expect(root.querySelector('#channel-address')).not.toBeNull())
  type(root, '#channel-address', ' https://10.0.0.1/ ')
  root.querySelector('form')!.dispatchEvent(new Event('submit'))
  await vi.waitFor(() => expect(root.querySelector('[role=alert]')?.textContent).toContain('private address'))
  expect(asked).toEqual([{ method: 'POST', path: '/api/account/channels', body: { address: 'https://10.0.0.1/', name: '' } }])
})

test('a code on its way is waited for; one that arrived is typed in', async () => {
  const waiting = await open([channel({})])
  expect(waiting.root.textContent).toContain('on its way')
  document.body.innerHTML = ''
  const { root, asked } = await open([channel({ code_sent_at: '2026-05-01T09:00:05Z' })], () => channel({ state: 'works' }))
  type(root, '#code-1', '042317')
  await vi.waitFor(() => expect(button(root, 'Verify').disabled).toBe(false))
  root.querySelector('form')!.dispatchEvent(new Event('submit'))
  await vi.waitFor(() => expect(asked).toEqual([{ method: 'POST', path: '/api/account/channels/1/verify', body: { code: '042317' } }]))
})

test.each([
  [channel({ error: 'hooks.example.org answered 404 Not Found' }), 'could not be sent: hooks.example.org answered 404 Not Found'],
  [channel({ state: 'refused', refused_at: '2026-05-01T09:00:00Z', error: 'answered 410 Gone' }), 'What is to be told waits'],
  [channel({ state: 'failing', error: 'answered 503' }), 'tried again by itself'],
  [channel({ state: 'off' }), 'does not speak to such channels any more'],
])('a channel that is not well says what it is and what to do', async (unwell, words) => {
  const { root } = await open([unwell])
  expect(root.textContent).toContain(words)
})

test('the secret is shown only when it is asked for', async () => {
  const { root } = await open([channel({ state: 'works' })], () => ({ secret: 'whsec_abc' }))
  expect(root.textContent).not.toContain('whsec_abc')
  button(root, 'Show the secret').click()
  await vi.waitFor(() => expect(root.textContent).toContain('whsec_abc'))
})
