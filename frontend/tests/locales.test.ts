import en from '@/locales/en'
import { expect, test } from 'vitest'

const sources = import.meta.glob('../src/**/*.{vue,ts}', { query: '?raw', import: 'default', eager: true }) as Record<string, string>

function has(key: string): boolean {
  return key.split('.').reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], en) !== undefined
}

test('every word that the page asks for by name is there', () => {
  const missing = Object.entries(sources).flatMap(([file, text]) =>
    [...text.matchAll(/'([a-z]\w*(?:\.\w+)+)'/gi)]
      .map((match) => match[1]!)
      .filter((key) => key.split('.')[0]! in en && !has(key))
      .map((key) => `${file}: ${key}`),
  )
  expect(missing).toEqual([])
})
