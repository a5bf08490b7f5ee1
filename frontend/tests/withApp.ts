import { i18n } from '@/i18n'
import { routes } from '@/router'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import PrimeVue from 'primevue/config'
import ToastService from 'primevue/toastservice'
import { createApp, defineComponent, h, type Component } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'

/** The page's own addresses, with nothing at them. */
const addresses = routes
  .filter(({ redirect }) => !redirect)
  .map(({ path, name, meta }) => ({ path, name, meta, component: { render: () => null } }))

/** An app with all that the page's own parts look for: a router, a store, words, a query client. */
async function appOf(root: Component, props: Record<string, unknown>, address: string) {
  const router = createRouter({ history: createMemoryHistory(), routes: addresses })
  await router.push(address)
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const app = createApp(root, props).use(createPinia()).use(router).use(i18n)
  app.use(PrimeVue).use(ToastService).use(VueQueryPlugin, { queryClient })
  return { app, router }
}

/** What a composable returns, set up in such an app. */
export async function withApp<T>(use: () => T, address = '/') {
  let result!: T
  const root = defineComponent({
    setup() {
      result = use()
      return () => h('div')
    },
  })
  const { app, router } = await appOf(root, {}, address)
  app.mount(document.createElement('div'))
  return { result, router, unmount: () => app.unmount() }
}

/** A part of the page, shown in the document; until `unmount`. */
export async function shown(part: Component, props: Record<string, unknown> = {}, address = '/') {
  const { app } = await appOf(part, props, address)
  const root = document.createElement('div')
  document.body.append(root)
  app.mount(root)
  return {
    root,
    unmount: () => {
      app.unmount()
      root.remove()
    },
  }
}

/** The words that a reader sees, with one space between them. */
export const words = (element: Element) => element.textContent?.replace(/\s+/g, ' ').trim() ?? ''

/** Answers each request by its address; what it returns besides a Response is sent as JSON. */
export function answering(answer: (url: URL) => unknown) {
  return async (request: Request | string) => {
    const found = answer(new URL(typeof request === 'string' ? request : request.url, 'http://localhost'))
    return found instanceof Response ? found : new Response(JSON.stringify(found), { headers: { 'Content-Type': 'application/json' } })
  }
}

/** Everything that waits only for promises has happened. */
export const flushPromises = () => new Promise((resolve) => setTimeout(resolve))
