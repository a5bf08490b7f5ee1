"""Every blueprint of the API, in the order of the documentation."""

from __future__ import annotations

from apiflask import APIBlueprint

from backend.api import (
    account,
    admin_boards,
    admin_crawls,
    admin_users,
    companies,
    documentation,
    listings,
    operations,
    search,
    session,
    stats,
    suggestions,
    trackers,
    unsubscribe,
    users,
)

BLUEPRINTS: tuple[APIBlueprint, ...] = (
    search.blueprint,
    listings.blueprint,
    companies.blueprint,
    stats.blueprint,
    suggestions.blueprint,
    session.blueprint,
    users.blueprint,
    account.blueprint,
    trackers.blueprint,
    unsubscribe.blueprint,
    admin_boards.blueprint,
    admin_crawls.blueprint,
    admin_users.blueprint,
    documentation.blueprint,
    operations.blueprint,
)
