import { onScopeDispose, toValue, watchEffect, type MaybeRefOrGetter } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRoute } from 'vue-router'

/** The page's own title while it is shown; without one, the route's. */
export function useTitle(own?: MaybeRefOrGetter<string | undefined>): void {
  const { t } = useI18n()
  const route = useRoute()
  const name = route.meta.title
  const stop = watchEffect(() => {
    document.title = t('titles.pattern', { page: toValue(own) || t(`titles.${name}`) })
  })
  onScopeDispose(stop)
}
