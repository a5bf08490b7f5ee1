import { computed, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** Filters of a table, kept in the address. `draft` is the text of `q` while it is typed. */
export function useAddressFilter(keys: string[]) {
  const route = useRoute()
  const router = useRouter()
  const values = computed<Record<string, string | undefined>>(() =>
    Object.fromEntries(keys.map((key) => [key, route.query[key]?.toString() || undefined])),
  )

  function set(key: string, value: string): void {
    const query = { ...route.query }
    if (value) query[key] = value
    else delete query[key]
    void router.replace({ query })
  }

  const draft = ref(values.value.q ?? '')
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(draft, (text) => {
    clearTimeout(timer)
    timer = setTimeout(() => set('q', text.trim()), 250)
  })

  return { values, draft, set }
}
