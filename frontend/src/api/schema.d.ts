/** The API as the page uses it. `npm run api` writes this file anew from openapi.json. */
import type * as t from './types'

type Json<T> = { content: { 'application/json': T } }
type ErrorAnswer = { error: { code: string; message: string; fields?: Record<string, string[]>; column?: number | null } }
type NoParameters = { query?: never; header?: never; path?: never; cookie?: never }
type Call<Answer, Parameters = unknown, Body = never> = {
  parameters: Omit<NoParameters, keyof Parameters> & Parameters
  responses: { 200: Json<Answer>; 422: Json<ErrorAnswer> }
} & ([Body] extends [never] ? { requestBody?: never } : { requestBody: Json<Body> })
type Q<T> = { query?: T }
type P<T> = { path: T }
type Id = P<{ id: number }>
type Message = { message: string }
type Cursor = { cursor?: string; limit?: number }

export interface paths {
  '/api/session': {
    get: Call<t.Session>
    post: Call<t.Session, unknown, { email: string; password: string }>
    delete: Call<undefined>
  }
  '/api/users': { post: Call<Message, unknown, { email: string; password: string; time_zone?: string }> }
  '/api/users/confirm': { post: Call<t.Session, unknown, { token: string }> }
  '/api/users/reset': { post: Call<Message, unknown, { email: string }> }
  '/api/users/reset/confirm': { post: Call<Message, unknown, { token: string; password: string }> }
  '/api/account': {
    get: Call<t.Account>
    patch: Call<t.Account, unknown, { time_zone: string }>
    delete: Call<undefined, unknown, { password: string }>
  }
  '/api/account/password': { post: Call<undefined, unknown, { current: string; new: string }> }
  '/api/listings': { get: Call<t.ListingPage, Q<Record<string, string | string[] | number | undefined>>> }
  '/api/listings/{id}': { get: Call<t.Listing, Id> }
  '/api/companies': { get: Call<t.Page<t.CompanyRow>, Q<Cursor & { q?: string }>> }
  '/api/companies/{slug}': { get: Call<t.Company, P<{ slug: string }>> }
  '/api/stats': { get: Call<t.Stats> }
  '/api/sources': { get: Call<t.Page<t.SourceStatus>> }
  '/api/trackers': { get: Call<t.Page<t.Tracker>>; post: Call<t.Tracker, unknown, t.NewTracker> }
  '/api/trackers/preview': { post: Call<t.Preview, unknown, { query: string }> }
  '/api/trackers/{id}': {
    get: Call<t.Tracker, Id>
    patch: Call<t.Tracker, Id, Partial<Pick<t.NewTracker, 'name' | 'query' | 'cadence' | 'expires_at'>>>
    delete: Call<undefined, Id>
  }
  '/api/trackers/{id}/pause': { post: Call<t.Tracker, Id> }
  '/api/trackers/{id}/resume': { post: Call<t.Tracker, Id> }
  '/api/trackers/{id}/restore': { post: Call<t.Tracker, Id> }
  '/api/trackers/{id}/renew': { post: Call<t.Tracker, Id, { duration_days: 7 | 30 | 90 }> }
  '/api/trackers/{id}/matches': { get: Call<t.Page<t.Match>, Id & Q<Cursor>> }
  '/api/unsubscribe/{token}': {
    get: Call<{ tracker_names: string[]; stopped: boolean }, P<{ token: string }>>
    post: Call<Message, P<{ token: string }>>
  }
  '/api/admin/boards': {
    get: Call<t.Page<t.Board>, Q<Cursor & { q?: string; status?: string; source?: string }>>
    post: Call<t.Board, unknown, { url: string; company?: string }>
  }
  '/api/admin/boards/recognise': { post: Call<t.Recognised, unknown, { url: string }> }
  '/api/admin/boards/{id}': {
    get: Call<t.Board, Id>
    patch: Call<t.Board, Id, { status?: t.BoardStatus; company?: string }>
    delete: Call<undefined, Id>
  }
  '/api/admin/boards/{id}/crawl': { post: Call<{ board_id: number; status_url: string }, Id> }
  '/api/admin/crawls': { get: Call<t.Page<t.Crawl>, Q<Cursor & { board_id?: number; status?: string }>> }
  '/api/admin/users': { get: Call<t.Page<t.AdminUser>, Q<Cursor & { q?: string }>> }
  '/api/admin/users/{id}': { patch: Call<t.AdminUser, Id, { disabled?: boolean; is_admin?: boolean }> }
}
