"""amazon.jobs: the JSON behind its search. A board is a search: its token is the query, or `all`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from backend.domain.exchange import SourceChanged
from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.sources.addresses import parse_address
from backend.sources.answers import fingerprint_or_body, json_answer, next_offset
from backend.sources.base import Page, Request, Response, Source
from backend.sources.shapes import Fields, joined, rows, section, unexpected

HOST = "https://www.amazon.jobs"
LIMIT = 100
CAP = 10_000  # nothing is answered beyond it, and `hits` is never larger
EVERYTHING = "all"
# what narrows a search; the rest of an address is about looks
_NARROWING = re.compile(
    r"(?:base_query|loc_query|country|city|region|category|business_category|job_type|schedule_type_id"
    r"|normalized_country_code|team_category)(?:\[\])?"
)
_TEXTS = (
    (None, "description"),
    ("Basic qualifications", "basic_qualifications"),
    ("Preferred qualifications", "preferred_qualifications"),
)


class Amazon(Source):
    """`all` is cut at 10,000 postings: then nothing closes. Narrower searches are complete."""

    name = "amazon"
    label = "Amazon"
    parser_version = 1
    url_forms = ("www.amazon.jobs/en/search?base_query=WORDS",)
    envelope = "jobs"

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None or address.host not in {"www.amazon.jobs", "amazon.jobs"}:
            return None
        if address.path[-1:] not in {(), ("search",), ("search.json",)} and len(address.path) > 1:
            return None
        return (
            _narrowing(urlsplit(url.strip() if "://" in url else f"https://{url.strip()}").query)
            or EVERYTHING
        )

    def board_url(self, token: str) -> str:
        return f"{HOST}/en/search?{'' if token == EVERYTHING else token}".rstrip("?")

    def first_request(self, token: str) -> Request:
        return _page_request("" if token == EVERYTHING else token, 0)

    def parse(self, response: Response) -> Page:
        envelope = Fields(json_answer(response))
        found = rows(envelope.value, self.envelope)
        query = urlsplit(response.request.url).query
        asked = dict(parse_qsl(query)).get("offset", "0")
        offset = int(asked) if asked.isdecimal() and len(asked) < 8 else 0
        total = envelope.whole("hits")
        following = next_offset(offset, len(found), LIMIT, total)
        capped = total is not None and total >= CAP
        if following is not None and following + LIMIT > CAP:
            following = None
        return Page(
            merge_duplicates([_posting(row) for row in found]),
            next=_page_request(_narrowing(query), following) if following else None,
            complete=not capped and (following is not None or not total or offset + len(found) >= total),
        )

    def fingerprint(self, response: Response) -> bytes:
        """Without `updated_time` ("4 minutes"), and without the counts of facets."""
        return fingerprint_or_body(response, _stable)


def _posting(row: Fields) -> Posting:
    external_id = row.need_id("id_icims")
    path = row.text("job_path") or f"/en/jobs/{external_id}"
    if not path.startswith("/"):
        raise SourceChanged(f"{row.at('job_path')}: expected a path that begins with /")
    text = joined(*(section(heading, row.text(name)) for heading, name in _TEXTS if row.text(name)))
    return Posting(
        external_id=external_id,
        title=row.need_text("title"),
        url=HOST + path.replace(" ", "%20"),
        company=row.text("company_name"),
        locations=tuple(dict.fromkeys(_locations(row))),
        description_html=text or row.text("description_short"),
        department=row.text("job_category"),
        employment_type="internship" if row.flag("is_intern") else row.text("job_schedule_type"),
        posted_at=_day(row.text("posted_date"), row.at("posted_date")),
    )


def _locations(row: Fields) -> Iterator[Location]:
    """Each of `locations` is JSON written as text; the plain fields name the first place only."""
    places = [place for text in row.texts("locations") if (place := _place(text, row.at("locations")))]
    if places:
        for place in places:
            city, region = place.text("normalizedCityName"), place.text("normalizedStateName")
            country = place.text("countryIso2a") or place.text("normalizedCountryCode")
            name = place.text("normalizedLocation") or place.text("location")
            if name:
                yield Location(name, city, region, country_code(country))
    elif name := row.text("normalized_location") or row.text("location"):
        yield Location(name, row.text("city"), None, country_code(row.text("country_code")))


def _place(text: str, path: str) -> Fields | None:
    if not text.startswith("{"):
        return None
    try:
        return Fields(json.loads(text), path)
    except (ValueError, RecursionError):
        raise SourceChanged(f"{path}: expected JSON in the text") from None


def _day(text: str | None, path: str) -> datetime | None:
    """`May  7, 2026`: the day is padded with a blank."""
    if text is None:
        return None
    try:
        return datetime.strptime(" ".join(text.split()), "%B %d, %Y").replace(tzinfo=UTC)
    except ValueError:
        raise unexpected(path, "a date like May 7, 2026", text) from None


def _stable(response: Response) -> bytes:
    found = rows(json_answer(response), "jobs")
    kept = [{k: v for k, v in row.value.items() if k != "updated_time"} for row in found]
    return json.dumps(kept, sort_keys=True).encode()


def _narrowing(query: str) -> str:
    """The part of a query that narrows the search, in one order."""
    return urlencode(sorted(pair for pair in parse_qsl(query) if pair[1] and _NARROWING.fullmatch(pair[0])))


def _page_request(narrowing: str, offset: int) -> Request:
    rest = f"{narrowing}&" if narrowing else ""
    return Request(f"{HOST}/en/search.json?{rest}offset={offset}&result_limit={LIMIT}&sort=recent")
