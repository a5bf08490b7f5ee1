import account from './account.json'
import admin from './admin.json'
import channels from './channels.json'
import common from './common.json'
import listings from './listings.json'
import matches from './matches.json'
import suggestions from './suggestions.json'
import trackers from './trackers.json'

export default { ...common, ...listings, ...trackers, ...matches, ...account, ...channels, ...admin, ...suggestions }
