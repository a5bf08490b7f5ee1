/** Words by language. Another language is another folder beside locales/en, with the same keys. */
import { createI18n } from 'vue-i18n'

import en from './locales/en'

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en },
  missingWarn: import.meta.env.DEV,
  fallbackWarn: false,
})

/** Words stay in the language the page has; numbers, dates and pay follow the reader's own regional habits. */
export function readerLocale(): string {
  const own = i18n.global.locale.value
  return navigator.languages.find((one) => one.split('-')[0] === own) ?? own
}
