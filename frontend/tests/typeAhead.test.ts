import { useTypeAhead } from '@/composables/typeAhead'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ref } from 'vue'

import { answering, withApp } from './withApp'

const QUENWICK = { kind: 'company', text: 'Quenwick', query: 'employer:quenwick', count: 35 }
const BERLIN = { kind: 'place', text: 'Berlin', query: 'location:berlin', count: 210 }
let asked: string[]

beforeEach(() => {
  asked = []
  const known: Record<string, unknown[]> = { qu: [QUENWICK], berl: [BERLIN, QUENWICK] }
  const answer = answering((url) => {
    const q = url.searchParams.get('q')!
    asked.push(q)
    return { items: known[q] ?? [] }
  })
  vi.stubGlobal('fetch', answer)
})
afterEach(() => vi.unstubAllGlobals())

async function field() {
  const text = ref('')
  const { result: typeAhead } = await withApp(() => useTypeAhead(text))
  function type(words: string): void {
    text.value = words
    typeAhead.typed(words, words.length)
  }
  return { text, typeAhead, type }
}

describe('completions', () => {
  test('are asked for once one stops to type', async () => {
    const { typeAhead, type } = await field()
    type('q')
    type('qu')
    await vi.waitFor(() => expect(typeAhead.isOpen.value).toBe(true))
    expect(asked).toEqual(['qu'])
    expect(typeAhead.items.value).toEqual([QUENWICK])
  })

  test('of fewer words are asked for where all of them find none', async () => {
    const { text, typeAhead, type } = await field()
    type('senior python berl')
    await vi.waitFor(() => expect(typeAhead.isOpen.value).toBe(true))
    expect(asked).toEqual(['senior python berl', 'python berl', 'berl'])
    expect(typeAhead.take(typeAhead.items.value[0]!).text).toBe('senior python location:berlin ')
    expect(text.value).toBe('senior python berl')
  })

  test('in a field are of its kind', async () => {
    const { typeAhead, type } = await field()
    type('location:berl')
    await vi.waitFor(() => expect(typeAhead.isOpen.value).toBe(true))
    expect(typeAhead.items.value).toEqual([BERLIN])
  })

  test('go when nothing is left to complete, and when closed', async () => {
    const { typeAhead, type } = await field()
    type('qu')
    await vi.waitFor(() => expect(typeAhead.isOpen.value).toBe(true))
    type('qu ')
    expect(typeAhead.isOpen.value).toBe(false)
    type('qu')
    await vi.waitFor(() => expect(typeAhead.isOpen.value).toBe(true))
    typeAhead.close()
    expect(typeAhead.isOpen.value).toBe(false)
  })

  test('what is typed after the list came is replaced too', async () => {
    const { typeAhead, type } = await field()
    type('qu')
    await vi.waitFor(() => expect(typeAhead.isOpen.value).toBe(true))
    type('quen')
    expect(typeAhead.take(QUENWICK as never).text).toBe('employer:quenwick ')
  })

  test('up and down go round by way of the field', async () => {
    const { typeAhead, type } = await field()
    expect(typeAhead.move(1)).toBe(false)
    type('berl')
    await vi.waitFor(() => expect(typeAhead.isOpen.value).toBe(true))
    const path = [1, 1, 1, -1, -1].map((by) => (typeAhead.move(by as 1 | -1), typeAhead.active.value))
    expect(path).toEqual([0, 1, -1, 1, 0])
  })
})
