"""Every blueprint of the API, in the order of the documentation."""

from __future__ import annotations

from apiflask import APIBlueprint

from backend.api import (
    account,
    admin_boards,
    admin_crawls,
    admin_pulse,
    admin_users,
    blocked_companies,
    channels,
    companies,
    deliveries,
    documentation,
    exports,
    feeds,
    listings,
    mailed_links,
    operations,
    search,
    session,
    stats,
    suggestions,
    tracker_feeds,
    tracker_matches,
    trackers,
    users,
)

BLUEPRINTS: tuple[APIBlueprint, ...] = (
    search.blueprint,
    listings.blueprint,
    feeds.blueprint,
    exports.blueprint,
    companies.blueprint,
    stats.blueprint,
    suggestions.blueprint,
    session.blueprint,
    users.blueprint,
    account.blueprint,
    blocked_companies.blueprint,
    channels.blueprint,
    deliveries.blueprint,
    trackers.blueprint,
    tracker_matches.blueprint,
    tracker_feeds.blueprint,
    mailed_links.blueprint,
    admin_boards.blueprint,
    admin_crawls.blueprint,
    admin_pulse.blueprint,
    admin_users.blueprint,
    documentation.blueprint,
    operations.blueprint,
)
