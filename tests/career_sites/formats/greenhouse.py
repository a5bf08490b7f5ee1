"""Greenhouse: boards-api.greenhouse.io."""

from __future__ import annotations

from datetime import timedelta, timezone
from html import escape
from typing import Any

from tests.career_sites.formats.common import (
    View,
    encode,
    html_of,
    listing_url,
    shown_title,
    stable_id,
    written,
)
from tests.career_sites.openings import Opening

NEW_YORK = timezone(timedelta(hours=-4))
CONSENT = {
    "type": "gdpr",
    "requires_consent": False,
    "requires_processing_consent": False,
    "requires_retention_consent": False,
    "retention_period": None,
    "demographic_data_consent_applies": False,
}


def place_words(opening: Opening) -> str:
    """Greenhouse has one free text for all places, and for the work mode too."""
    names = [place.words("city", "country_name") for place in opening.places]
    if opening.work_mode == "remote":
        return (
            f"Remote, {opening.places[0].country_name or names[0]}"
            if len(names) == 1
            else "Remote - " + "; ".join(names)
        )
    return "; ".join(names) + (" (Hybrid)" if opening.work_mode == "hybrid" else "")


def greenhouse_job(view: View, opening: Opening, content: bool) -> dict[str, Any]:
    slug, number = view.company.token, int(opening.external_id)
    job: dict[str, Any] = {
        "absolute_url": listing_url(view.company, opening),
        "data_compliance": [CONSENT],
        "internal_job_id": 3_000_000_000 + stable_id(opening.role),
        "location": {"name": place_words(opening)},
        "metadata": None,
        "id": number,
        "updated_at": view.instant(opening.updated_at).astimezone(NEW_YORK).isoformat(timespec="seconds"),
        "requisition_id": f"R-{stable_id(opening.role) % 9000 + 1000}",
        "title": shown_title(opening),
        "company_name": view.company.name,
        "first_published": view.instant(opening.posted_at).astimezone(NEW_YORK).isoformat(timespec="seconds"),
        "language": "en",
        "application_deadline": None,
    }
    if not content:
        return job
    place = opening.places[0]
    return job | {
        "content": escape(html_of(written(view.company, opening))).replace("&#x27;", "&#39;"),
        "departments": [
            {
                "id": stable_id(slug, opening.department),
                "name": opening.department,
                "child_ids": [],
                "parent_id": None,
            }
        ],
        "offices": [
            {
                "id": stable_id(slug, place.city),
                "name": place.city,
                "location": place.words("city", "region", "country_name"),
                "child_ids": [],
                "parent_id": None,
            }
        ],
    }


def greenhouse_list(view: View, content: bool) -> bytes:
    jobs = [greenhouse_job(view, opening, content) for opening in view.openings]
    return encode({"jobs": jobs, "meta": {"total": len(jobs)}})
