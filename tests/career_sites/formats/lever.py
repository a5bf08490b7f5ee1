"""Lever: api.lever.co."""

from __future__ import annotations

from html import escape
from typing import Any

from tests.career_sites.formats.common import View, encode, listing_url, plain_of, written
from tests.career_sites.openings import Opening, Pay
from tests.career_sites.writer import Section, blocks, items

COMMITMENTS = {
    "full_time": "Full-time",
    "part_time": "Part-time",
    "contract": "Contract",
    "temporary": "Temporary",
    "internship": "Internship",
}


def _section_html(section: Section) -> str:
    if section.kind == "html":
        return section.lines[0]
    return f"<div><b>{escape(section.heading)}</b></div>\n<div>{blocks(section)}</div>"


def lever_posting(view: View, opening: Opening) -> dict[str, Any]:
    sections = written(view.company, opening)
    body = [section for section in sections if section.kind in ("role", "html")]
    lists = [section for section in sections if section.kind in ("do", "bring", "nice")]
    first = [section for section in sections if section.kind == "about"]
    last = [section for section in sections if section.kind in ("benefits", "process", "equal")]
    url = listing_url(view.company, opening)
    opening_html, body_html = ("\n".join(map(_section_html, part)) for part in (first, body))
    posting: dict[str, Any] = {
        "additionalPlain": plain_of(last),
        "additional": "\n".join(map(_section_html, last)),
        "categories": {
            "commitment": COMMITMENTS[opening.employment_type],
            "department": opening.department,
            "location": opening.places[0].words("city", "region"),
            "team": opening.team,
            "allLocations": [place.words("city", "region") for place in opening.places],
        },
        "createdAt": int(view.instant(opening.posted_at).timestamp() * 1000),
        "descriptionPlain": plain_of([*first, *body]),
        "description": f"{opening_html}\n{body_html}",
        "id": opening.external_id,
        "lists": [{"text": section.heading, "content": "\n" + items(section)} for section in lists],
        "text": opening.title,
        "country": opening.places[0].country or None,
        "workplaceType": opening.work_mode,
        "opening": opening_html,
        "openingPlain": plain_of(first),
        "descriptionBody": body_html,
        "descriptionBodyPlain": plain_of(body),
        "hostedUrl": url,
        "applyUrl": f"{url}/apply",
    }
    return posting | _lever_pay(opening.pay)


def _lever_pay(pay: Pay | None) -> dict[str, Any]:
    if pay is None:
        return {}
    interval = {"year": "per-year-salary", "month": "per-month-salary", "hour": "per-hour-wage"}[pay.period]
    return {
        "salaryRange": {
            "min": pay.minimum,
            "max": pay.maximum,
            "currency": pay.currency,
            "interval": interval,
        },
        "salaryDescription": "<div>Where you fall in the range depends on experience and place.</div>",
        "salaryDescriptionPlain": "Where you fall in the range depends on experience and place.",
    }


def lever_list(view: View, skip: int, limit: int | None) -> bytes:
    chosen = view.openings[skip : None if limit is None else skip + limit]
    return encode([lever_posting(view, opening) for opening in chosen])
