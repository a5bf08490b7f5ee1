import { useSession } from '@/stores/session'
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'

declare module 'vue-router' {
  interface RouteMeta {
    /** A key under `titles`; a page that knows better sets its own title. */
    title: string
    needs?: 'user' | 'admin'
    /** Only for those who are not logged in. */
    guest?: boolean
    wide?: boolean
  }
}

export const routes: RouteRecordRaw[] = [
  { path: '/', name: 'search', component: () => import('@/views/SearchView.vue'), meta: { title: 'search', wide: true } },
  { path: '/listings/:id(\\d+)', name: 'listing', component: () => import('@/views/ListingView.vue'), meta: { title: 'listing' } },
  { path: '/companies', name: 'companies', component: () => import('@/views/CompaniesView.vue'), meta: { title: 'companies' } },
  { path: '/companies/:slug', name: 'company', component: () => import('@/views/CompanyView.vue'), meta: { title: 'company' } },
  { path: '/trackers', name: 'trackers', component: () => import('@/views/TrackersView.vue'), meta: { title: 'trackers', needs: 'user' } },
  { path: '/trackers/new', name: 'new-tracker', component: () => import('@/views/NewTrackerView.vue'), meta: { title: 'newTracker', needs: 'user' } },
  { path: '/trackers/:id(\\d+)', name: 'tracker', component: () => import('@/views/TrackerView.vue'), meta: { title: 'tracker', needs: 'user' } },
  { path: '/account', name: 'account', component: () => import('@/views/AccountView.vue'), meta: { title: 'account', needs: 'user' } },
  { path: '/account/deliveries', name: 'deliveries', component: () => import('@/views/DeliveriesView.vue'), meta: { title: 'deliveries', needs: 'user' } },
  { path: '/account/deliveries/:id(\\d+)', name: 'delivery', component: () => import('@/views/DeliveryView.vue'), meta: { title: 'delivery', needs: 'user' } },
  { path: '/login', name: 'login', component: () => import('@/views/LoginView.vue'), meta: { title: 'login', guest: true } },
  { path: '/register', name: 'register', component: () => import('@/views/RegisterView.vue'), meta: { title: 'register', guest: true } },
  { path: '/confirm', name: 'confirm', component: () => import('@/views/ConfirmView.vue'), meta: { title: 'confirm' } },
  { path: '/reset', name: 'reset', component: () => import('@/views/ResetView.vue'), meta: { title: 'reset' } },
  { path: '/reset/confirm', name: 'reset-confirm', component: () => import('@/views/NewPasswordView.vue'), meta: { title: 'reset' } },
  { path: '/unsubscribe/:token', name: 'unsubscribe', component: () => import('@/views/UnsubscribeView.vue'), meta: { title: 'unsubscribe' } },
  { path: '/renew/:token', name: 'renew', component: () => import('@/views/RenewView.vue'), meta: { title: 'renew' } },
  { path: '/status', name: 'status', component: () => import('@/views/StatusView.vue'), meta: { title: 'status' } },
  { path: '/stats', name: 'stats', component: () => import('@/views/StatsView.vue'), meta: { title: 'stats' } },
  { path: '/admin', redirect: '/admin/boards' },
  { path: '/admin/boards', name: 'admin-boards', component: () => import('@/views/admin/BoardsView.vue'), meta: { title: 'adminBoards', needs: 'admin', wide: true } },
  { path: '/admin/boards/:id(\\d+)', name: 'admin-board', component: () => import('@/views/admin/BoardView.vue'), meta: { title: 'adminBoard', needs: 'admin', wide: true } },
  { path: '/admin/crawls', name: 'admin-crawls', component: () => import('@/views/admin/CrawlsView.vue'), meta: { title: 'adminCrawls', needs: 'admin', wide: true } },
  { path: '/admin/suggestions', name: 'admin-suggestions', component: () => import('@/views/admin/SuggestionsView.vue'), meta: { title: 'adminSuggestions', needs: 'admin', wide: true } },
  { path: '/admin/users', name: 'admin-users', component: () => import('@/views/admin/UsersView.vue'), meta: { title: 'adminUsers', needs: 'admin', wide: true } },
  { path: '/:path(.*)*', name: 'not-found', component: () => import('@/views/NotFoundView.vue'), meta: { title: 'notFound' } },
]

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior(to, from, saved) {
    if (saved) return saved
    if (to.hash) return { el: to.hash }
    // The search page changes its own address for filters and the preview; only its new results begin at the top.
    return to.path === from.path ? false : { top: 0 }
  },
})

router.beforeEach(async (to) => {
  if (!to.meta.needs && !to.meta.guest) return true
  const session = useSession()
  // When the server cannot be reached, the page itself says so; do not hold the reader here.
  await session.ensure().catch(() => undefined)
  if (to.meta.guest) return session.user ? { name: 'search' } : true
  if (!session.user && session.isKnown) return { name: 'login', query: { next: to.fullPath } }
  if (to.meta.needs === 'admin' && session.user && !session.user.is_admin) {
    return { name: 'not-found', params: { path: to.path.slice(1).split('/') }, query: to.query }
  }
  return true
})
