import { markColumn } from '@/domain/queryError'
import { expect, test } from 'vitest'

test('the word at the column is marked', () => {
  expect(markColumn('senior "python', 8)).toEqual({ before: 'senior ', wrong: '"python', after: '' })
})

test('only that word is marked', () => {
  expect(markColumn('a colour:red b', 3)).toEqual({ before: 'a ', wrong: 'colour:red', after: ' b' })
})

test('a column past the end marks the place where something is missing', () => {
  expect(markColumn('rust OR', 99)).toEqual({ before: 'rust OR', wrong: '\u00a0\u00a0', after: '' })
})

test('columns count characters, so an emoji before the error does not shift it', () => {
  expect(markColumn('🚀 "x', 3)).toEqual({ before: '🚀 ', wrong: '"x', after: '' })
})
