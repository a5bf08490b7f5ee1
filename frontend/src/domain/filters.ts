/** The filters of a search: one value, read from and written to the address of the page. */
import type { LocationQuery } from 'vue-router'

/** `employer` is a company by its slug, `company` words of a name; `city` is exact, `location` words of a place. */
export const LISTS = ['employer', 'company', 'country', 'city', 'mode', 'type', 'level', 'source'] as const
export type ListKey = (typeof LISTS)[number]

export const MODES = ['remote', 'hybrid', 'onsite']
export const TYPES = ['full_time', 'part_time', 'contract', 'temporary', 'internship', 'apprenticeship', 'volunteer']
export const LEVELS = ['intern', 'entry', 'mid', 'senior', 'lead', 'manager', 'director', 'executive']
export const POSTED = ['1d', '3d', '7d', '14d', '30d']
export const STATUSES = ['open', 'closed', 'all'] as const
export const SORTS = ['newest', 'relevance', 'salary'] as const

export interface ListingFilters extends Record<ListKey, string[]> {
  q: string
  location: string
  posted_within: string
  salary_min: number | null
  status: (typeof STATUSES)[number]
  sort: (typeof SORTS)[number]
}

export function noFilters(): ListingFilters {
  return {
    q: '',
    employer: [],
    company: [],
    country: [],
    city: [],
    mode: [],
    type: [],
    level: [],
    source: [],
    location: '',
    posted_within: '',
    salary_min: null,
    status: 'open',
    sort: 'newest',
  }
}

function all(query: LocationQuery, key: string): string[] {
  const value = query[key]
  const values = (Array.isArray(value) ? value : [value]).filter((one): one is string => Boolean(one))
  return [...new Set(values)]
}

function oneOf<T extends string>(allowed: readonly T[], value: string | undefined, fallback: T): T {
  return allowed.includes(value as T) ? (value as T) : fallback
}

/** Read the address. What is unknown or malformed in it is left out, so an old link still works. */
export function filtersFromQuery(query: LocationQuery): ListingFilters {
  const filters = noFilters()
  for (const key of LISTS) filters[key] = all(query, key)
  filters.q = all(query, 'q')[0] ?? ''
  filters.location = all(query, 'location')[0] ?? ''
  const within = all(query, 'posted_within')[0] ?? ''
  filters.posted_within = /^[1-9]\d{0,3}[hdw]$/.test(within) ? within : ''
  const minimum = Number(all(query, 'salary_min')[0])
  filters.salary_min = Number.isFinite(minimum) && minimum > 0 ? minimum : null
  filters.status = oneOf(STATUSES, all(query, 'status')[0], 'open')
  filters.sort = oneOf(SORTS, all(query, 'sort')[0], 'newest')
  return filters
}

/** Write the address, in a stable order and without what is at its default. The API takes the same keys. */
export function filtersToQuery(filters: ListingFilters): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {}
  if (filters.q.trim()) query.q = filters.q.trim()
  for (const key of LISTS) if (filters[key].length) query[key] = [...filters[key]]
  if (filters.location.trim()) query.location = filters.location.trim()
  if (filters.posted_within) query.posted_within = filters.posted_within
  if (filters.salary_min) query.salary_min = String(filters.salary_min)
  if (filters.status !== 'open') query.status = filters.status
  if (filters.sort !== 'newest') query.sort = filters.sort
  return query
}

export interface ActiveFilter {
  key: Exclude<keyof ListingFilters, 'q' | 'sort'>
  value: string
}

/** One entry for each chip above the results. The query itself is not one: it stands in its field. */
export function activeFilters(filters: ListingFilters): ActiveFilter[] {
  const active: ActiveFilter[] = LISTS.flatMap((key) => filters[key].map((value) => ({ key, value })))
  if (filters.location) active.push({ key: 'location', value: filters.location })
  if (filters.posted_within) active.push({ key: 'posted_within', value: filters.posted_within })
  if (filters.salary_min) active.push({ key: 'salary_min', value: String(filters.salary_min) })
  if (filters.status !== 'open') active.push({ key: 'status', value: filters.status })
  return active
}

export function withoutFilter(filters: ListingFilters, { key, value }: ActiveFilter): ListingFilters {
  if ((LISTS as readonly string[]).includes(key)) {
    const list = filters[key as ListKey].filter((one) => one !== value)
    return { ...filters, [key]: list }
  }
  return { ...filters, [key]: noFilters()[key] }
}

export function hasFilters(filters: ListingFilters): boolean {
  return activeFilters(filters).length > 0
}

function term(field: string, value: string): string {
  return `${field}:${/[\s"()]/.test(value) ? `"${value.replaceAll('"', '')}"` : value}`
}

/** Words of a query as one part of a longer one: alternatives stay together. */
export function grouped(words: string): string {
  return /\bOR\b/.test(words) ? `(${words})` : words
}

/** The search as one query text, as the server would say it (but not in its canonical order): what a tracker keeps. */
export function filtersToTrackerQuery(filters: ListingFilters): string {
  const words = filters.q.trim()
  const terms: string[] = []
  for (const key of LISTS) {
    const choices = filters[key].map((value) => term(key, value))
    if (choices.length > 1) terms.push(`(${choices.join(' OR ')})`)
    else terms.push(...choices)
  }
  if (filters.location.trim()) terms.push(term('location', filters.location.trim()))
  if (filters.posted_within) terms.push(`posted<${filters.posted_within}`)
  if (filters.salary_min) terms.push(`salary>=${filters.salary_min}`)
  return [terms.length ? grouped(words) : words, ...terms].filter(Boolean).join(' ')
}

/** A time as an age of the query language, and when that age begins: whole minutes, or hours where those are too many. */
export function ageOf(since: Date, now: Date): { age: string; begins: Date } {
  const minutes = Math.max(Math.ceil((now.getTime() - since.getTime()) / 60_000), 1)
  const isLong = minutes >= 100_000
  const hours = Math.ceil(minutes / 60)
  return { age: isLong ? `${hours}h` : `${minutes}m`, begins: new Date(now.getTime() - (isLong ? hours * 60 : minutes) * 60_000) }
}

/** The same search, but only what was first seen less than an age ago. */
export function seenSince(query: string, age: string): string {
  return [grouped(query.trim()), `seen<${age}`].filter(Boolean).join(' ')
}

/** The same search as a feed or a file, at the API. A feed has its own order. */
export function downloadAddress(filters: ListingFilters, file: 'feed.atom' | 'feed.json' | 'export.csv' | 'export.jsonl'): string {
  const { sort, ...rest } = filtersToQuery(filters)
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(rest)) for (const one of [value].flat()) params.append(key, one)
  if (sort && file.startsWith('export')) params.append('sort', String(sort))
  return [`/api/listings/${file}`, params.toString()].filter(Boolean).join('?')
}
