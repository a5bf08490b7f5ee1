import { downloadAddress, type ListingFilters } from '@/domain/filters'
import { onScopeDispose, toValue, watchEffect, type MaybeRefOrGetter } from 'vue'

const FEEDS = { 'feed.atom': 'application/atom+xml', 'feed.json': 'application/feed+json' } as const

/** Tells the browser and feed readers of the search's feeds while its page is shown. */
export function useFeedLinks(filters: MaybeRefOrGetter<ListingFilters>, title: MaybeRefOrGetter<string>): void {
  const links = Object.entries(FEEDS).map(([file, type]) => {
    const link = Object.assign(document.createElement('link'), { rel: 'alternate', type })
    document.head.append(link)
    return { file: file as keyof typeof FEEDS, link }
  })
  watchEffect(() => {
    for (const { file, link } of links) Object.assign(link, { href: downloadAddress(toValue(filters), file), title: toValue(title) })
  })
  onScopeDispose(() => links.forEach(({ link }) => link.remove()))
}
