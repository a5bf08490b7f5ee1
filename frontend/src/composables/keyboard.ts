import { onBeforeUnmount, onMounted } from 'vue'

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)
}

function isCovered(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"], .p-drawer') !== null
}

/** Single keys, off while someone types, holds a modifier, or has a dialog open. False declines the key. */
export function useKeys(bindings: Record<string, (event: KeyboardEvent) => unknown>): void {
  function onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (isTyping(event.target) || isCovered()) return
    const action = bindings[event.key]
    if (!action) return
    if (action(event) !== false) event.preventDefault()
  }
  onMounted(() => document.addEventListener('keydown', onKey))
  onBeforeUnmount(() => document.removeEventListener('keydown', onKey))
}
