import './style/base.css'
import './style/print.css'

import { VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import PrimeVue from 'primevue/config'
import ToastService from 'primevue/toastservice'
import { createApp } from 'vue'

import App from './App.vue'
import { readStorage, writeStorage } from './composables/browser'
import { i18n } from './i18n'
import { queryClient } from './queries'
import { router } from './router'
import { useLook } from './stores/look'
import { preset } from './theme'

// A page left open over an update asks for parts that are gone: take the new page, but not again and again.
window.addEventListener('vite:preloadError', (event) => {
  if (Date.now() - readStorage('renewed-at', 0) < 60_000) return
  writeStorage('renewed-at', Date.now())
  event.preventDefault()
  window.location.reload()
})

const app = createApp(App)
app.use(createPinia())
useLook()
app.use(i18n)
app.use(PrimeVue, { theme: { preset, options: { darkModeSelector: '.dark' } } })
app.use(ToastService)
app.use(VueQueryPlugin, { queryClient })
app.use(router)
app.mount('#app')
