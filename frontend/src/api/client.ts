/** The one door to the API: cookie session, CSRF token, and errors of one shape. */
import createClient from 'openapi-fetch'

import type { components, paths } from './schema'
import type { Session } from './types'

export type ErrorCode = components['schemas']['ErrorCode'] | 'network' | 'unknown'

/** What went wrong, in words for people. `column` is 1-based; `retryAfter` is in seconds. */
export class ApiError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly fields: Record<string, string[]> = {},
    readonly column: number | null = null,
    readonly status = 0,
    readonly retryAfter: number | null = null,
  ) {
    super(message)
    this.name = 'ApiError'
  }

  /** Trying again later may help. */
  get isTemporary(): boolean {
    return this.code === 'network' || this.code === 'unavailable'
  }

  /** The first complaint about one field of a form, or nothing. */
  field(name: string): string | undefined {
    return this.fields[name]?.[0]
  }
}

const CODE_BY_STATUS: Record<number, ErrorCode> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  409: 'conflict',
  410: 'gone',
  422: 'invalid',
  429: 'rate_limited',
}

/** Turn a refused answer, of our shape or of a proxy's, into an ApiError. */
export function toApiError(body: unknown, response: Response): ApiError {
  const known = (body as { error?: Partial<ApiError> } | null)?.error
  const code = known?.code ?? CODE_BY_STATUS[response.status] ?? (response.status >= 500 ? 'unavailable' : 'unknown')
  const retryAfter = Number(response.headers.get('Retry-After')) || null
  const message = known?.message ?? ''
  return new ApiError(code, message, known?.fields ?? {}, known?.column ?? null, response.status, retryAfter)
}

let csrfToken: string | null = null

/** Every answer that holds a session brings the token the next change must carry. */
export function rememberSession(session: Session): Session {
  csrfToken = session.csrf_token
  return session
}

async function freshToken(): Promise<string> {
  const response = await fetch('/api/session', { credentials: 'same-origin' })
  return rememberSession((await response.json()) as Session).csrf_token
}

async function isCsrfRefusal(response: Response): Promise<boolean> {
  if (response.status !== 400 && response.status !== 403) return false
  const body = await response.clone().json().catch(() => null)
  return body?.error?.code === 'csrf'
}

/** Send; a token that went stale (another tab logged in, a night passed) is renewed once. */
export async function fetchWithToken(request: Request): Promise<Response> {
  if (request.method === 'GET' || request.method === 'HEAD') return fetch(request)
  const again = request.clone()
  request.headers.set('X-CSRFToken', csrfToken ?? (await freshToken()))
  const response = await fetch(request)
  if (!(await isCsrfRefusal(response))) return response
  again.headers.set('X-CSRFToken', await freshToken())
  return fetch(again)
}

export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin', fetch: fetchWithToken })

interface Settled<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The data of an answer; anything else is thrown as an ApiError. */
export async function unwrap<T>(call: Promise<Settled<T>>): Promise<T> {
  let settled: Settled<T>
  try {
    settled = await call
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiError('network', '')
  }
  if (!settled.response.ok) throw toApiError(settled.error, settled.response)
  return settled.data as T
}
