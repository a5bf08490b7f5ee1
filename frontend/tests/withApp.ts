import { i18n } from '@/i18n'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createApp, defineComponent, h } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'

/** What a composable returns, set up in an app with a router, a query client and words, as the page's own parts are. */
export async function withApp<T>(use: () => T, address = '/') {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:path(.*)*', component: { render: () => null } }] })
  await router.push(address)
  let result!: T
  const app = createApp(
    defineComponent({
      setup() {
        result = use()
        return () => h('div')
      },
    }),
  )
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  app.use(router).use(i18n).use(VueQueryPlugin, { queryClient }).mount(document.createElement('div'))
  return { result, router, unmount: () => app.unmount() }
}

/** Answers each request by its address; what it returns besides a Response is sent as JSON. */
export function answering(answer: (url: URL) => unknown) {
  return async (request: Request | string) => {
    const found = answer(new URL(typeof request === 'string' ? request : request.url, 'http://localhost'))
    return found instanceof Response ? found : new Response(JSON.stringify(found), { headers: { 'Content-Type': 'application/json' } })
  }
}

/** Everything that waits only for promises has happened. */
export const flushPromises = () => new Promise((resolve) => setTimeout(resolve))
