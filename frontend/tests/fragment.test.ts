import { complete, fragmentsAt } from '@/domain/fragment'
import { describe, expect, test } from 'vitest'

const texts = (query: string, caret = query.length) => fragmentsAt(query, caret).map(({ text }) => text)

describe('what is being typed', () => {
  test('the plain words at the caret, the most of them first', () => {
    expect(texts('senior data eng')).toEqual(['senior data eng', 'data eng', 'eng'])
  })

  test('no more than three words: each is a question to the server', () => {
    expect(texts('one two three four five')[0]).toBe('three four five')
  })

  test('only what stands after a field, a quote, an OR or a parenthesis', () => {
    expect(texts('title:"data engineer" berl')).toEqual(['berl'])
    expect(texts('rust OR pyth')).toEqual(['pyth'])
    expect(texts('lead (rust OR pyth')).toEqual(['pyth'])
    expect(texts('lead (rust')).toEqual(['rust'])
    expect(texts('salary>9 pyth')).toEqual(['pyth'])
  })

  test('the value of a field asks for its own kind', () => {
    expect(fragmentsAt('senior company:str', 18)).toEqual([{ start: 7, end: 18, text: 'str', kind: 'company' }])
    expect(fragmentsAt('Location:ber', 12)[0]).toMatchObject({ text: 'ber', kind: 'place' })
    expect(texts('mode:rem')).toEqual([])
  })

  test('nothing within quotes, in the middle of a word, after a blank, or what is left out', () => {
    expect(texts('"machine lear')).toEqual([])
    expect(texts('python', 3)).toEqual([])
    expect(texts('python ')).toEqual([])
    expect(texts('-inte')).toEqual([])
    expect(texts('devel*')).toEqual([])
  })

  test('one letter is too little, one Chinese character is a word', () => {
    expect(texts('p')).toEqual([])
    expect(texts('東')).toEqual(['東'])
  })
})

describe('a completion taken', () => {
  test('stands in the place of what was typed, with the caret after it', () => {
    const [fragment] = fragmentsAt('senior data eng', 15)
    expect(complete('senior data eng', fragment!, 'title:"data engineer"')).toEqual({ text: 'title:"data engineer" ', caret: 22 })
  })

  test('leaves what stands around it', () => {
    const query = '(rust OR berl) -intern'
    const [fragment] = fragmentsAt(query, 13)
    expect(complete(query, fragment!, 'location:berlin').text).toBe('(rust OR location:berlin) -intern')
  })
})
