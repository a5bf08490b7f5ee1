"""Tables, one module a noun."""

from backend.models.account_mail import AccountMail, AccountMailKind
from backend.models.base import Base, begin_write, db
from backend.models.board import Board, BoardStatus
from backend.models.company import Company
from backend.models.crawl import Crawl, CrawlStatus
from backend.models.listing import Listing, ListingEvent, ListingText
from backend.models.suggestion import Suggestion, SuggestionStatus
from backend.models.tracker import Cadence, Finding, Match, Notification, SavedQuery, Tracker
from backend.models.user import User

__all__ = [
    "AccountMail",
    "AccountMailKind",
    "Base",
    "Board",
    "BoardStatus",
    "Cadence",
    "Company",
    "Crawl",
    "CrawlStatus",
    "Finding",
    "Listing",
    "ListingEvent",
    "ListingText",
    "Match",
    "Notification",
    "SavedQuery",
    "Suggestion",
    "SuggestionStatus",
    "Tracker",
    "User",
    "begin_write",
    "db",
]
