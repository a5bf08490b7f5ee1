"""Tables, one module a noun."""

from backend.domain.telling import Cadence
from backend.models.account_mail import AccountMail, AccountMailKind
from backend.models.anchor import KeyShare, QueryAnchor
from backend.models.base import BY_HAND, Base, begin_write, db, read_value
from backend.models.blocked import BlockedCompany
from backend.models.board import Board, BoardStatus
from backend.models.change import MatchChange
from backend.models.channel import Channel, ChannelKind
from backend.models.company import Company
from backend.models.crawl import Crawl, CrawlStatus
from backend.models.listing import Listing, ListingEvent, ListingText
from backend.models.postgresql import is_away
from backend.models.role import ListingRole, Role
from backend.models.statistics import Statistics
from backend.models.suggestion import Suggestion, SuggestionStatus
from backend.models.tracker import Finding, Match, Notification, NotificationKind, SavedQuery, Tracker
from backend.models.updates import update_rows
from backend.models.user import User

__all__ = [
    "BY_HAND",
    "AccountMail",
    "AccountMailKind",
    "Base",
    "BlockedCompany",
    "Board",
    "BoardStatus",
    "Cadence",
    "Channel",
    "ChannelKind",
    "Company",
    "Crawl",
    "CrawlStatus",
    "Finding",
    "KeyShare",
    "Listing",
    "ListingEvent",
    "ListingRole",
    "ListingText",
    "Match",
    "MatchChange",
    "Notification",
    "NotificationKind",
    "QueryAnchor",
    "Role",
    "SavedQuery",
    "Statistics",
    "Suggestion",
    "SuggestionStatus",
    "Tracker",
    "User",
    "begin_write",
    "db",
    "is_away",
    "read_value",
    "update_rows",
]
