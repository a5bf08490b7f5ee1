import { countryName } from '@/domain/countries'
import { payRange } from '@/domain/pay'
import { calendarDay, exactTime, relativeTime } from '@/domain/time'
import { describe, expect, test } from 'vitest'

const now = new Date('2026-11-22T12:00:00Z')
const ago = (iso: string) => relativeTime(new Date(iso), now, 'en', 'long')
const words = { from: 'from', upTo: 'up to' }
const pay = (min: number | null, max: number | null, currency: string | null) =>
  payRange({ min, max, currency, period: 'year' }, 'en', words)

describe('how long ago', () => {
  test('the largest unit that fits is used', () => {
    expect(ago('2026-11-22T09:00:00Z')).toBe('3 hours ago')
    expect(ago('2026-11-20T11:00:00Z')).toBe('2 days ago')
    expect(ago('2026-09-01T00:00:00Z')).toBe('2 months ago')
  })

  test('it is never rounded up', () => {
    expect(ago('2026-11-22T10:01:00Z')).toBe('1 hour ago')
  })

  test('less than a minute is now', () => {
    expect(ago('2026-11-22T11:59:30Z')).toBe('now')
  })

  test('what is to come is said so', () => {
    expect(ago('2026-11-22T14:30:00Z')).toBe('in 2 hours')
  })

  test("the exact time is in the reader's zone and names it", () => {
    expect(exactTime(new Date('2026-11-22T23:30:00Z'), 'en-GB', 'Asia/Tokyo')).toMatch(/23 Nov 2026.*08:30:00.*(JST|GMT\+9)/)
  })

  test('a calendar day does not move with the zone', () => {
    expect(calendarDay('2026-11-22', 'en-GB')).toBe('22 Nov')
  })
})

describe('pay', () => {
  test('a range is in its own currency', () => {
    expect(pay(70000, 90000, 'EUR')).toBe('€70,000 – €90,000')
  })

  test('an open end is said in words', () => {
    expect(pay(45.5, null, 'USD')).toBe('from $45.50')
    expect(pay(null, 120000, 'GBP')).toBe('up to £120,000')
  })

  test('equal ends are one number', () => {
    expect(pay(50000, 50000, 'EUR')).toBe('€50,000')
  })

  test('a word that is no currency code does not break the row', () => {
    expect(pay(100, 200, 'points')).toBe('100–200 points')
  })

  test('nothing stated is nothing shown', () => {
    expect(payRange(null, 'en', words)).toBeNull()
    expect(pay(null, null, 'EUR')).toBeNull()
  })
})

test('a country is named in the language of the reader, and what is no code is left alone', () => {
  expect(countryName('DE', 'fr')).toBe('Allemagne')
  expect(countryName('Remote', 'en')).toBe('Remote')
})
