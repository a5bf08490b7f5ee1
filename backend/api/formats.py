"""Texts with rules that no schema can say: each is a type, and the OpenAPI document names its `format`."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, JsonValue, SecretStr

from backend.domain.query import MAX_LENGTH
from backend.services.passwords import LONGEST, SHORTEST

FORMATS = {
    "query": "a text of the query language (docs/search.md); a 422 names the column where it cannot be read",
    "tracked-query": "such a text that asks for something: what nearly every listing matches is refused",
    "cursor": "`next_cursor` of the page before, with the same other parameters; empty: the first page",
    "words": "a text with a letter or digit in it",
    "country": "an ISO 3166-1 alpha-2 code or an English name",
    "slug": "the short name of a company, as in its address here",
    "careers-url": "the address of a careers page, or source:token",
    "time-zone": "a name of the IANA database",
    "last-day": "a date from today on in the user's time zone, a year ahead at most",
    "past-moment": "a date-time that an answer held: not later than now",
    "email": "an address one can write to",
    "channel-address": "http(s) to a public host on port 80 or 443, or one of Apprise's that go by HTTP",
    "new-password": f"{SHORTEST} to {LONGEST} characters, four different ones, not the address",
}
"""Those of ours, in words; the document's description lists them."""


def of(name: str) -> dict[str, JsonValue]:
    return {"format": name}


QueryText = Annotated[str, Field(max_length=MAX_LENGTH, json_schema_extra=of("query"))]
TrackedText = Annotated[str, Field(max_length=MAX_LENGTH, json_schema_extra=of("tracked-query"))]
Cursor = Annotated[str, Field(max_length=400, json_schema_extra=of("cursor"))]
Words = Annotated[str, Field(max_length=100, json_schema_extra=of("words"))]
Country = Annotated[str, Field(max_length=60, json_schema_extra=of("country"))]
Slug = Annotated[str, Field(max_length=140, json_schema_extra=of("slug"))]
SourceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
CareersUrl = Annotated[str, Field(min_length=4, max_length=2000, json_schema_extra=of("careers-url"))]
TimeZone = Annotated[str, Field(max_length=64, json_schema_extra=of("time-zone"))]
ChannelAddress = Annotated[str, Field(min_length=4, max_length=2000, json_schema_extra=of("channel-address"))]
LastDay = Annotated[date, Field(json_schema_extra=of("last-day"))]
Email = Annotated[str, Field(max_length=254, json_schema_extra=of("email"))]
NEW: dict[str, JsonValue] = {"format": "new-password", "minLength": SHORTEST, "maxLength": LONGEST}
NewPassword = Annotated[SecretStr, Field(max_length=1000, json_schema_extra=NEW)]
"""Its lengths are checked where the rest is, in words for people."""
