"""Examples for the OpenAPI document: what a field of a name holds, wherever it stands."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

MOMENT = "2026-03-01T08:00:00Z"
VALUES: dict[str, Any] = {
    "age_seconds": 12.5,
    "after": "Senior Python Engineer",
    "before": "Python Engineer",
    "board": "greenhouse:stripe",
    "board_id": 5,
    "boards": 4213,
    "boards_failing": 0,
    "bytes": 183220,
    "canonical": "python senior -intern",
    "changed": 4,
    "city": "Berlin",
    "closed": 2,
    "closed_at": None,
    "companies": 3906,
    "company": "Stripe",
    "content_html": "<p>We build payments.</p>",
    "count": 12,
    "country": "DE",
    "csrf_token": "IjQ5ZGE5NWQ1…",
    "currency": "EUR",
    "current": "correct horse battery",
    "cursor": "bjE4Zg",
    "code_asked_at": MOMENT,
    "code_sent_at": MOMENT,
    "day": "2026-03-01",
    "delivery_id": 204,
    "department": "Engineering",
    "description": "The newest 100 listings of this search, open ones.",
    "description_html": "<p>We build payments.</p>",
    "duration_days": 30,
    "email": "ada@example.org",
    "empty": 1,
    "employment_type": "full_time",
    "error": None,
    "expires_at": "2026-03-31T08:00:00Z",
    "exported_at": MOMENT,
    "external_url": "https://stripe.com/jobs/listing/17",
    "facets": {"country": [{"value": "DE", "label": "Germany", "count": 1204}]},
    "failing": 3,
    "failing_since": None,
    "failures": 0,
    "feed_url": "https://jobs.example.org/api/listings/feed.json?q=python",
    "fields": {"q": ["unclosed quote at 14"]},
    "found_on": None,
    "fresh_seconds": 1840.5,
    "gone": 2,
    "home_page_url": "https://jobs.example.org/?q=python",
    "hour": 8,
    "id": 17,
    "instead": None,
    "known_board_id": None,
    "last_error": None,
    "late": False,
    "late_seconds": 900,
    "last_status": "complete",
    "level": "senior",
    "limit": 50,
    "mail_refused_at": None,
    "listing_count": 3,
    "listing_id": 17,
    "marked_title": "Senior <mark>Python</mark> Engineer",
    "match_count": 31,
    "match_id": 17,
    "max": 90000,
    "mean_seconds": 0.8,
    "median_days_to_close": 29.5,
    "message": "Thank you. What can be read will be added after a look.",
    "message_id": "<4f1c@jobs.example.org>",
    "min": 70000,
    "missing": 1,
    "name": "Python in Berlin",
    "network_away_since": None,
    "new": 7,
    "new_today": 2310,
    "next_cursor": "bjE4Zg",
    "open": 412,
    "password": "correct horse battery",
    "paused_at": None,
    "per_day": 2.4,
    "period": "year",
    "place_count": 1,
    "query": "senior python -intern",
    "region": "Berlin",
    "refused_at": None,
    "reopened": 0,
    "requests": 1,
    "role_count": 28,
    "seconds": 0.9,
    "seen": 412,
    "sessions_note": "A new password ends all sessions but the one it was set in.",
    "skipped": 0,
    "slug": "stripe",
    "snippet": "We write <mark>Python</mark> and Go.",
    "source": "greenhouse",
    "status": "complete",
    "status_url": "/api/admin/crawls?board_id=5",
    "text": "Berlin, Germany",
    "times": 3,
    "title": "Senior Python Engineer",
    "token": "stripe",
    "total": 1204,
    "tracker_count": 2,
    "trackers": 2,
    "unseen_count": 4,
    "untold_count": 1,
    "url": "https://stripe.com/jobs/listing/17",
    "verified_at": MOMENT,
    "weekday": 0,
    "what": "title",
    "work_mode": "remote",
    "working": 380,
}
OWN: dict[str, Any] = {
    "BlockedCompanyAnswer.name": "Stripe",
    "BoardAnswer.url": "https://boards.greenhouse.io/stripe",
    "Candidate.url": "https://boards.greenhouse.io/stripe",
    "CompanyBoard.url": "https://boards.greenhouse.io/stripe",
    "JsonFeedItem.url": "https://jobs.example.org/listings/17",
    "PasswordChange.new": "better horse battery",
    "PasswordReset.token": "IjE3LjQ5ZGE5NWQ1…",
    "RecognisedAnswer.url": "https://boards.greenhouse.io/stripe",
    "Export.blocked_companies": ["stripe"],
    "Export.channels": [{"kind": "webhook", "name": "Team chat", "address": "https://example.org/hook"}],
    "Export.mails": [{"created_at": MOMENT, "sent_at": MOMENT}],
    "Export.trackers": [{"name": "Python in Berlin", "query": "senior python -intern", "matches": []}],
    "Export.user": {"email": "ada@example.org", "time_zone": "Europe/Berlin", "created_at": MOMENT},
    "ListingPage.did_you_mean": [],
    "StatsAnswer.boards": 4213,
    "StatsAnswer.closed": 731902,
    "StatsAnswer.open": 268098,
    "StoppableAnswer.tracker_names": ["Python in Berlin"],
    "SuggestionAnswer.url": "https://example.com/careers",
    "Token.token": "IjE3LjQ5ZGE5NWQ1…",
    "TrackerAnswer.feed_url": "https://jobs.example.org/api/feeds/trackers/Zk3vQ1xY",
    "TrackerChange.expires_at": None,
}
"""Where a name means something of its own."""


def add_examples(schemas: dict[str, Schema]) -> None:
    """Give every object among the components an example of the whole.

    What comes in holds what it must and what a field's own examples show; what goes out holds everything.
    """
    for name, schema in schemas.items():
        if schema.get("type") == "object" and "properties" in schema:
            schema.setdefault("examples", [whole(name, schemas)])


def whole(name: str, schemas: dict[str, Schema]) -> dict[str, Any]:
    schema = schemas[name]
    comes_in = schema.get("additionalProperties") is False
    needed = schema.get("required", ())
    shown = {
        field: own
        for field, own in schema["properties"].items()
        if not comes_in or field in needed or "examples" in own
    }
    try:
        return {field: of_field(name, field, own, schemas) for field, own in shown.items()}
    except KeyError as error:
        raise ValueError(f"{name} has no example for {error}: give the field one, or VALUES here") from None


def of_field(parent: str, name: str, schema: Schema, schemas: dict[str, Schema]) -> Any:
    if f"{parent}.{name}" in OWN:
        return OWN[f"{parent}.{name}"]
    if schema.get("examples"):
        return schema["examples"][0]
    return of_schema(name, schema, schemas)


def of_schema(name: str, schema: Schema, schemas: dict[str, Schema]) -> Any:
    """Raises KeyError where nothing says what could stand here: name it in VALUES."""
    if "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        return schemas[target]["enum"][0] if "enum" in schemas[target] else whole(target, schemas)
    for kind in schema.get("anyOf", ()):
        if kind != {"type": "null"} and name not in VALUES:
            return of_schema(name, kind, schemas)
    if schema.get("type") == "array":
        return [of_items(name, schema["items"], schemas)]
    if schema.get("examples"):
        return schema["examples"][0]
    for one in ("const", "default"):
        if one in schema:
            return schema[one]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") == "boolean":
        return False
    return VALUES[name]


def of_items(name: str, schema: Schema, schemas: dict[str, Schema]) -> Any:
    """A list is called by what is in it, so that its name may say it in the plural."""
    single = {"others": "candidates"}.get(name, name).removesuffix("s")
    return of_schema(single if single in VALUES else name, schema, schemas)
