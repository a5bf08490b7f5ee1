/** Toasts are loaded when the first one is to be shown: most visits see none. */
import { readonly, ref } from 'vue'

const wanted = ref(false)
let announce: () => void
const mounted = new Promise<void>((resolve) => (announce = resolve))

export const toastsWanted = readonly(wanted)
export const toastsMounted = () => announce()

export function whenToastsAreThere(): Promise<void> {
  wanted.value = true
  return mounted
}
