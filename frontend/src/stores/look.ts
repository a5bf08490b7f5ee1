import { usePreferredDark, useStorage } from '@/composables/browser'
import { defineStore } from 'pinia'
import { computed, watchEffect } from 'vue'

export const LOOKS = ['system', 'light', 'dark'] as const
export type Look = (typeof LOOKS)[number]

/** Light or dark: the system's choice until the reader makes one. */
export const useLook = defineStore('look', () => {
  const choice = useStorage<Look>('look', 'system')
  const systemIsDark = usePreferredDark()
  const isDark = computed(() => choice.value === 'dark' || (choice.value === 'system' && systemIsDark.value))

  watchEffect(() => document.documentElement.classList.toggle('dark', isDark.value))

  function next(): void {
    choice.value = LOOKS[(LOOKS.indexOf(choice.value) + 1) % LOOKS.length]!
  }

  return { choice, isDark, next }
})
