import { markedParts, snippetParts } from '@/domain/snippet'
import { expect, test } from 'vitest'

test('the found words are told apart from the rest', () => {
  expect(snippetParts('Write <mark>Rust</mark> and C++')).toEqual([
    { text: 'Write ', marked: false },
    { text: 'Rust', marked: true },
    { text: ' and C++', marked: false },
  ])
})

test('what the server escaped is text again, and never markup', () => {
  expect(snippetParts('&lt;b&gt;R&amp;D&lt;/b&gt; &amp;lt;')).toEqual([{ text: '<b>R&D</b> &lt;', marked: false }])
})

test('a long way to the first found word is shortened, at a word', () => {
  const [before] = snippetParts(`${'far '.repeat(40)}<mark>Rust</mark>`)
  expect(before!.text).toMatch(/^… (far )+$/)
  expect(before!.text.length).toBeLessThan(60)
})

test('a title is shown whole, however late its first found word', () => {
  const title = `${'very '.repeat(20)}<mark>senior</mark> R&amp;D`
  expect(markedParts(title).map(({ text }) => text).join('')).toBe(`${'very '.repeat(20)}senior R&D`)
})
