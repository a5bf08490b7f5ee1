"""Listings that are published, changed and withdrawn by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any

from tests.career_sites.openings import MODES, Opening, Pay, external_id
from tests.career_sites.phrases import FIELDS, PLACES, Place
from tests.career_sites.world import BY_HAND, Board, Intervention

TYPES = ("full_time", "part_time", "contract", "temporary", "internship")
KNOWN = {
    "title",
    "description",
    "location",
    "locations",
    "department",
    "team",
    "employment_type",
    "work_mode",
    "salary",
}


class BadRequest(ValueError):
    """The message says what is wrong with the request."""


def publish(board: Board, fields: Mapping[str, Any], at: float) -> Opening:
    if not str(fields.get("title", "")).strip():
        raise BadRequest("title: a listing needs one")
    number = BY_HAND + sum(1 for one in board.interventions if one.number >= BY_HAND and one.opening)
    field = "backend"
    blank = Opening(
        number=number,
        external_id=external_id(board.world.seed, board.company, number),
        title="",
        field=field,
        level="mid",
        department=FIELDS[field]["departments"][0],
        team=FIELDS[field]["teams"][0],
        places=board.company.homes[:1],
        work_mode="onsite",
        employment_type="full_time",
        pay=None,
        role=f"by-hand/{board.company.slug}/{number}",
        posted_at=at,
        updated_at=at,
        html=None,
    )
    opening = _with(blank, fields, at)
    board.record(Intervention(at, number, opening))
    return opening


def change(board: Board, identity: str, fields: Mapping[str, Any], at: float) -> Opening:
    opening = _with(find(board, identity, at), fields, at)
    board.record(Intervention(at, opening.number, opening))
    return opening


def withdraw(board: Board, identity: str, at: float) -> Opening:
    opening = find(board, identity, at)
    board.record(Intervention(at, opening.number, None))
    return opening


def find(board: Board, identity: str, at: float) -> Opening:
    """An opening that the board shows now. Raises LookupError."""
    for opening in board.listings_at(at):
        if opening.external_id == identity:
            return opening
    raise LookupError(f"{board.company.slug} shows no listing {identity}")


def _with(opening: Opening, fields: Mapping[str, Any], at: float) -> Opening:
    unknown = set(fields) - KNOWN
    if unknown:
        raise BadRequest(f"{', '.join(sorted(unknown))}: unknown; known are {', '.join(sorted(KNOWN))}")
    new: dict[str, Any] = {
        name: str(fields[name]).strip() for name in ("title", "department", "team") if name in fields
    }
    if "description" in fields:
        text = str(fields["description"])
        new["html"] = text if "<" in text else "".join(f"<p>{escape(line)}</p>" for line in text.splitlines())
    names = fields.get("locations") or ([fields["location"]] if fields.get("location") else [])
    if names:
        new["places"] = tuple(place_named(str(name)) for name in names)
    for name, allowed in (("employment_type", TYPES), ("work_mode", MODES)):
        if name in fields:
            if fields[name] not in allowed:
                raise BadRequest(f"{name}: one of {', '.join(allowed)}")
            new[name] = fields[name]
    if "salary" in fields:
        pay = fields["salary"]
        new["pay"] = pay and Pay(
            pay["min"], pay["max"], pay.get("currency", "EUR"), pay.get("period", "year")
        )
    return replace(opening, updated_at=at, **new)


def place_named(name: str) -> Place:
    """A city we know, or the words as they are."""
    for place in PLACES:
        if name in (place.city, place.words("city", "country_name"), place.words("city", "region")):
            return place
    return Place(name, "", "", "", "USD", 1.0)
