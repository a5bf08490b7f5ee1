import { onBeforeUnmount, onMounted, type Ref } from 'vue'

/** Calls `close` when something outside `root` is pressed. */
export function useDismiss(root: Readonly<Ref<HTMLElement | null>>, close: () => void): void {
  const onPress = (event: Event) => {
    if (root.value && !event.composedPath().includes(root.value)) close()
  }
  onMounted(() => document.addEventListener('pointerdown', onPress))
  onBeforeUnmount(() => document.removeEventListener('pointerdown', onPress))
}
