import './style/base.css'
import './style/print.css'

import { VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import PrimeVue from 'primevue/config'
import ToastService from 'primevue/toastservice'
import { createApp } from 'vue'

import App from './App.vue'
import { i18n } from './i18n'
import { queryClient } from './queries'
import { router } from './router'
import { useLook } from './stores/look'
import { preset } from './theme'

const app = createApp(App)
app.use(createPinia())
useLook()
app.use(i18n)
app.use(PrimeVue, { theme: { preset, options: { darkModeSelector: '.dark' } } })
app.use(ToastService)
app.use(VueQueryPlugin, { queryClient })
app.use(router)
app.mount('#app')
