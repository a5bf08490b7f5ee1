/** The answers of the API by the names the page uses; their shapes are generated from its document. */
import type { components } from './schema'

type Schemas = components['schemas']

export interface Page<T> {
  items: T[]
  total: number | null
  next_cursor: string | null
}

export type Session = Schemas['SessionAnswer']
export type User = Schemas['UserAnswer']
export type Account = Schemas['AccountAnswer']
export type AccountChange = Schemas['AccountChange']
export type Place = Schemas['Place']
export type Pay = Schemas['Pay']
export type CompanyName = Schemas['CompanyName']
export type CompanyRow = Schemas['CompanyRow']
export type Company = Schemas['CompanyAnswer']
export type ListingSummary = Schemas['ListingSummary']
export type Listing = Schemas['ListingAnswer']
export type ListingPage = Schemas['ListingPage']
export type Facets = ListingPage['facets']
export type Completion = Schemas['Completion']
export type Stats = Schemas['StatsAnswer']
export type NameCount = Schemas['ShareRow']
export type SourceStatus = Schemas['SourceRow']
export type Channel = Schemas['ChannelAnswer']
export type ChannelList = Schemas['ChannelList']
export type Cadence = Schemas['Cadence']
export type Tracker = Schemas['TrackerAnswer']
export type NewTracker = Schemas['NewTracker']
export type TrackerChange = Schemas['TrackerChange']
export type Preview = Schemas['PreviewAnswer']
export type Match = Schemas['MatchAnswer']
export type FoundPlace = Schemas['FoundPlaceAnswer']
export type Telling = Schemas['TellingAnswer']
export type Delivery = Schemas['DeliveryAnswer']
export type Board = Schemas['BoardAnswer']
export type Crawl = Schemas['CrawlAnswer']
export type CrawlStatus = Schemas['CrawlStatus']
export type AdminUser = Schemas['UserRow']
export type Suggestion = Schemas['SuggestionAnswer']
export type NewSuggestion = Schemas['NewSuggestion']
