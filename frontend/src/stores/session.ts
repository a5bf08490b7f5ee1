import { api, rememberSession, unwrap } from '@/api/client'
import type { Session, User } from '@/api/types'
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

/** Who is here. `isKnown` tells whether the server has been asked yet. */
export const useSession = defineStore('session', () => {
  const user = ref<User | null>(null)
  const channels = ref<Session['channels']>({ mail: true })
  const isKnown = ref(false)
  let asking: Promise<void> | null = null

  function take(session: Session): void {
    rememberSession(session)
    user.value = session.user
    channels.value = session.channels
    isKnown.value = true
  }

  async function load(): Promise<void> {
    take(await unwrap(api.GET('/api/session')))
  }

  /** Ask once; who comes meanwhile waits for the same answer. */
  function ensure(): Promise<void> {
    if (isKnown.value) return Promise.resolve()
    asking ??= load().finally(() => (asking = null))
    return asking
  }

  async function logIn(email: string, password: string): Promise<void> {
    take(await unwrap(api.POST('/api/session', { body: { email, password } })))
  }

  async function logOut(): Promise<void> {
    await unwrap(api.DELETE('/api/session'))
    user.value = null
    await load()
  }

  async function confirm(token: string): Promise<void> {
    take(await unwrap(api.POST('/api/users/confirm', { body: { token } })))
  }

  /** The server says that nobody is logged in any more. */
  function forget(): void {
    user.value = null
  }

  return { user, channels, isKnown, isAdmin: computed(() => user.value?.is_admin ?? false), load, ensure, logIn, logOut, confirm, forget }
})
