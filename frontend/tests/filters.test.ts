import {
  activeFilters,
  ageOf,
  downloadAddress,
  filtersFromQuery,
  filtersToQuery,
  filtersToTrackerQuery,
  noFilters,
  seenSince,
  withoutFilter,
  type ListingFilters,
} from '@/domain/filters'
import { describe, expect, test } from 'vitest'

const full: ListingFilters = {
  q: 'senior python',
  employer: ['stripe', 'gitlab'],
  company: [],
  country: ['DE'],
  city: ['new york'],
  mode: ['remote'],
  type: [],
  level: ['senior'],
  source: ['greenhouse'],
  location: 'Berlin Mitte',
  posted_within: '7d',
  salary_min: 80000,
  status: 'all',
  sort: 'relevance',
}

describe('filters and the address', () => {
  test('an address written and read again is the same search', () => {
    expect(filtersFromQuery(filtersToQuery(full))).toEqual(full)
  })

  test('a search without filters has a bare address', () => {
    expect(filtersToQuery(noFilters())).toEqual({})
  })

  test('a single value is a list of one', () => {
    expect(filtersFromQuery({ employer: 'stripe' }).employer).toEqual(['stripe'])
  })

  test('doubled, empty and unknown values of an address are left out', () => {
    const filters = filtersFromQuery({
      mode: ['remote', 'remote', '', null],
      status: 'secret',
      sort: 'random',
      posted_within: 'yesterday',
      salary_min: '-5',
    })
    expect(filters).toEqual({ ...noFilters(), mode: ['remote'] })
  })
})

describe('chips', () => {
  test('every filter but the query and the order has one', () => {
    expect(activeFilters(full)).toHaveLength(11)
  })

  test('removing the chips one after another leaves the query and the order', () => {
    const left = activeFilters(full).reduce(withoutFilter, full)
    expect(left).toEqual({ ...noFilters(), q: 'senior python', sort: 'relevance' })
  })
})

describe('the query a tracker keeps', () => {
  test('filters are said in the query language', () => {
    expect(filtersToTrackerQuery(full)).toBe(
      'senior python (employer:stripe OR employer:gitlab) country:DE city:"new york" mode:remote level:senior source:greenhouse ' +
        'location:"Berlin Mitte" posted<7d salary>=80000',
    )
  })

  test('alternatives of the query stay together beside filters', () => {
    expect(filtersToTrackerQuery({ ...noFilters(), q: 'rust OR go', mode: ['remote'] })).toBe('(rust OR go) mode:remote')
  })

  test('a query alone is left as it was typed', () => {
    expect(filtersToTrackerQuery({ ...noFilters(), q: ' rust OR go ' })).toBe('rust OR go')
  })
})

describe('what is new since a time', () => {
  const now = new Date('2026-11-22T12:00:00Z')
  const at = (since: string) => ageOf(new Date(since), now)

  test('is counted in minutes, none of them missed', () => {
    expect(at('2026-11-22T11:29:30Z')).toEqual({ age: '31m', begins: new Date('2026-11-22T11:29:00Z') })
    expect(at('2026-11-22T12:00:00Z').age).toBe('1m')
  })

  test('after a long time away an age has no more digits than the language takes', () => {
    expect(at('2026-01-01T11:59:00Z')).toEqual({ age: '7801h', begins: new Date('2026-01-01T11:00:00Z') })
  })

  test('is said beside the query, whose alternatives stay together', () => {
    expect(seenSince('python mode:remote', '31m')).toBe('python mode:remote seen<31m')
    expect(seenSince('rust OR go', '60m')).toBe('(rust OR go) seen<60m')
    expect(seenSince('', '1m')).toBe('seen<1m')
  })
})

test('a feed has its own order, a file that of the page', () => {
  const filters = { ...noFilters(), q: 'c++', mode: ['remote', 'hybrid'], sort: 'salary' as const }
  expect(downloadAddress(filters, 'feed.atom')).toBe('/api/listings/feed.atom?q=c%2B%2B&mode=remote&mode=hybrid')
  expect(downloadAddress(filters, 'export.csv')).toBe('/api/listings/export.csv?q=c%2B%2B&mode=remote&mode=hybrid&sort=salary')
  expect(downloadAddress(noFilters(), 'feed.json')).toBe('/api/listings/feed.json')
})
