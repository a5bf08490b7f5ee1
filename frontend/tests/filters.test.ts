import {
  activeFilters,
  filtersFromQuery,
  filtersToQuery,
  filtersToTrackerQuery,
  noFilters,
  withoutFilter,
  type ListingFilters,
} from '@/domain/filters'
import { describe, expect, test } from 'vitest'

const full: ListingFilters = {
  q: 'senior python',
  company: ['stripe', 'gitlab'],
  country: ['DE'],
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
    expect(filtersFromQuery({ company: 'stripe' }).company).toEqual(['stripe'])
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
    expect(activeFilters(full)).toHaveLength(10)
  })

  test('removing the chips one after another leaves the query and the order', () => {
    const left = activeFilters(full).reduce(withoutFilter, full)
    expect(left).toEqual({ ...noFilters(), q: 'senior python', sort: 'relevance' })
  })
})

describe('the query a tracker keeps', () => {
  test('filters are said in the query language', () => {
    expect(filtersToTrackerQuery(full)).toBe(
      'senior python (company:stripe OR company:gitlab) country:DE mode:remote level:senior location:"Berlin Mitte" salary>80000',
    )
  })

  test('alternatives of the query stay together beside filters', () => {
    expect(filtersToTrackerQuery({ ...noFilters(), q: 'rust OR go', mode: ['remote'] })).toBe('(rust OR go) mode:remote')
  })

  test('a query alone is left as it was typed', () => {
    expect(filtersToTrackerQuery({ ...noFilters(), q: ' rust OR go ' })).toBe('rust OR go')
  })
})
