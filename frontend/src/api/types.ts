/** What the API answers, by the names the page uses (see /api/docs). */

export interface Page<T> {
  items: T[]
  total: number | null
  next_cursor: string | null
}

export interface User {
  id: number
  email: string
  is_admin: boolean
  time_zone: string
  confirmed: boolean
}

export interface Session {
  user: User | null
  csrf_token: string
  channels: { mail: boolean }
}

export interface Account extends User {
  created_at: string
  sessions_note?: string | null
}

export interface Place {
  text: string
  city: string | null
  region: string | null
  country: string | null
}

export interface Pay {
  min: number | null
  max: number | null
  currency: string | null
  period: string | null
}

export interface CompanyName {
  slug: string
  name: string
}

export interface ListingSummary {
  id: number
  title: string
  url: string
  company: CompanyName
  locations: Place[]
  work_mode: string | null
  employment_type: string | null
  level: string | null
  salary: Pay | null
  department: string | null
  posted_at: string | null
  first_seen_at: string
  closed_at: string | null
  source: string
  snippet?: string | null
}

export interface ListingEvent {
  at: string
  what: string
  before: unknown
  after: unknown
}

export type Health = 'works' | 'slow' | 'failing' | 'idle'

export interface Listing extends ListingSummary {
  description_html: string | null
  changed_at: string | null
  board: { id: number; source: string; token: string; last_crawl_at: string | null; health: Health }
  events: ListingEvent[]
  same_role: ListingSummary[]
}

export interface FacetValue {
  value: string
  label?: string | null
  count: number
}

export interface ListingPage extends Page<ListingSummary> {
  partial: boolean
  canonical: string
  facets?: Record<string, FacetValue[]> | null
}

export interface CompanyRow {
  slug: string
  name: string
  country: string | null
  sector: string | null
  open: number
  new_this_week: number
  closed: number
}

export interface CompanyBoard {
  id: number
  source: string
  url: string
  last_crawl_at: string | null
  last_status: string | null
  health: Health
  open: number
}

export interface Company extends CompanyRow {
  boards: CompanyBoard[]
}

export interface NameCount {
  name: string
  open: number
}

export interface Stats {
  companies: number
  boards: number
  open: number
  closed: number
  new_today: number
  new_per_day: { day: string; opened: number; closed: number }[]
  by_source: NameCount[]
  by_country: NameCount[]
  by_mode: NameCount[]
  median_days_to_close: number | null
}

export interface SourceStatus {
  name: string
  label: string
  boards: number
  working: number
  failing: number
  open: number
  last_success_at: string | null
  failing_since: string | null
  health: Health
  proven: boolean
}

export type Cadence = 'instant' | 'daily'

export interface Tracker {
  id: number
  name: string
  query: string
  canonical: string
  cadence: Cadence
  status: 'active' | 'paused' | 'expired'
  expires_at: string
  created_at: string
  paused_at: string | null
  match_count: number
  untold_count: number
  last_match_at: string | null
  daily: { day: string; count: number }[]
  boards_failing: number
}

export interface NewTracker {
  name?: string
  query: string
  cadence: Cadence
  duration_days?: 7 | 30 | 90
  expires_at?: string
}

export interface Match {
  listing: ListingSummary
  found_at: string
  told_at: string | null
}

export interface Preview {
  canonical: string
  total: number
  per_day: number
  items: ListingSummary[]
}

export type BoardStatus = 'active' | 'paused' | 'gone'

export interface Board {
  id: number
  source: string
  token: string
  url: string
  company: CompanyName
  status: BoardStatus
  open: number
  last_crawl_at: string | null
  last_status: string | null
  last_error: string | null
  failures: number
  next_crawl_at: string | null
  mean_seconds: number | null
  held: boolean
  health: Health
}

export interface Recognised {
  source: string
  token: string
  url: string
  known_board_id: number | null
  sample: { title: string; url: string; locations: (string | Place)[] }[]
  count: number
}

export interface Crawl {
  id: number
  board: { id: number; source: string; token: string }
  started_at: string
  finished_at: string | null
  status: string
  complete: boolean
  seen: number
  new: number
  changed: number
  missing: number
  closed: number
  reopened: number
  bytes: number
  requests: number
  seconds: number | null
  error: string | null
}

export interface AdminUser {
  id: number
  email: string
  is_admin: boolean
  disabled: boolean
  confirmed: boolean
  created_at: string
  last_login_at: string | null
  trackers: number
}
