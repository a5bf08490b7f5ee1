"""Every blueprint of the API, in the order of the documentation."""

from __future__ import annotations

from apiflask import APIBlueprint

from backend.api import (
    account,
    admin_boards,
    admin_crawls,
    admin_users,
    blocked_companies,
    companies,
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
    trackers.blueprint,
    mailed_links.blueprint,
    admin_boards.blueprint,
    admin_crawls.blueprint,
    admin_users.blueprint,
    documentation.blueprint,
    operations.blueprint,
)
