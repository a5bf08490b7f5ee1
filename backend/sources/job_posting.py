"""schema.org/JobPosting as pages embed it for search engines -> postings. Pure.

Written by hand on a million sites, so a value of an odd type is unknown here, not an error; only a posting
without a title is one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from hashlib import blake2b
from html import unescape
from typing import Any
from urllib.parse import urljoin

from lxml.html import HtmlElement

from backend.domain.exchange import Response, SourceChanged
from backend.domain.gazetteer import country_code
from backend.domain.places import is_remote
from backend.domain.posting import Location, Posting, Salary, merge_duplicates
from backend.domain.salary import parse_salary, salary_of, salary_period
from backend.sources.answers import page_answer
from backend.sources.linked_data import linked_data, of_type, page_text
from backend.sources.moments import loose_moment
from backend.sources.shapes import checked_id, joined, section, web_url
from backend.sources.texts import as_html

# Beside `description`, which on most sites holds these as well: then they are left out.
_PARTS = (
    ("responsibilities", "Responsibilities"),
    ("qualifications", "Qualifications"),
    ("educationRequirements", "Education"),
    ("experienceRequirements", "Experience"),
    ("skills", "Skills"),
    ("jobBenefits", "Benefits"),
    ("incentiveCompensation", "Incentives"),
)
_UNKNOWN = {"n/a", "na", "none", "null", "unknown", "undefined", "-"}
_NUMBER = re.compile(r"\d[\d.,' \u00a0\u202f]*")


def postings_of(html: str | bytes, page_url: str, now: datetime | None = None) -> list[Posting]:
    """The postings in a page's JSON-LD, in order; [] where it has none.

    Ids are the site's `identifier`, else the posting's own URL, else the page's. With `now`, postings whose
    `validThrough` has passed are left out. Raises SourceChanged for JSON-LD of a JobPosting that cannot be
    read, or that has no title.
    """
    found = of_type(linked_data(page_text(html), "JobPosting"), "JobPosting")
    postings = [
        posting_of(row, page_url, f"JobPosting[{index}]", alone=len(found) == 1)
        for index, row in enumerate(found)
        if not _expired(row, now)
    ]
    return merge_duplicates(postings)


def job_page(
    response: Response, wanted: str = "a JobPosting", shows: Callable[[HtmlElement], bool] | None = None
) -> tuple[HtmlElement, Posting | None]:
    """A job's own page, and its JobPosting; None where the page only `shows` what else was wanted of it.

    Raises as `page_answer`: a page of errors may carry a JobPosting too, but is none.
    """
    found: list[Posting] = []

    def carries(tree: HtmlElement) -> bool:
        found.extend(postings_of(response.body, response.request.url))
        return bool(found) or (shows is not None and shows(tree))

    tree = page_answer(response, wanted, carries)
    return tree, found[0] if found else None


def posting_of(
    row: Mapping[str, Any], page_url: str, path: str = "JobPosting", *, alone: bool = True
) -> Posting:
    """One JobPosting object. `alone`: nothing else is on the page, so the page's URL names it."""
    title = _text(row.get("title")) or _text(row.get("name"))
    if title is None:
        raise SourceChanged(f"{path}.title is missing or empty")
    title = as_plain(title)
    places = tuple(_places(row))
    own_url = _url(row, page_url)
    url = own_url or page_url
    identity = _identifier(row) or own_url
    if identity is None:
        identity = page_url if alone else f"{page_url}#{_digest(title, *(place.text for place in places))}"
    if not identity:
        raise SourceChanged(f"{path}: neither identifier nor url, and the page's address is unknown")
    return Posting(
        external_id=checked_id(short_id(identity), f"{path}.identifier"),
        title=title,
        url=url,
        company=_text(row.get("hiringOrganization")),
        locations=places,
        description_html=_description(row),
        department=_text(row.get("employmentUnit")) or _text(row.get("department")),
        employment_type=", ".join(_texts(row.get("employmentType"))) or None,
        work_mode="remote" if "TELECOMMUTE" in "".join(_texts(row.get("jobLocationType"))).upper() else None,
        salary=_salary(row),
        posted_at=loose_moment(_text(row.get("datePosted"))),
    )


def as_plain(text: str) -> str:
    """A title as one line, without entities."""
    return " ".join(unescape(text).split())


def _text(value: Any) -> str | None:
    """A text, however it is wrapped: a number, the first of a list, `{"@value": ...}`, `{"name": ...}`."""
    for _ in range(5):
        if isinstance(value, list):
            value = next((item for item in value if item), None)
        elif isinstance(value, dict):
            value = value.get("@value") or value.get("name") or value.get("value")
        else:
            break
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e30:
        return str(value)
    return None


def _texts(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(text for item in items if (text := _text(item))))


def _identifier(row: Mapping[str, Any]) -> str | None:
    """`identifier` as text or PropertyValue: its `value`, as its `name` is usually the company's."""
    value = row.get("identifier")
    value = value[0] if isinstance(value, list) and value else value
    if isinstance(value, dict):
        value = value.get("value") or value.get("@value") or value.get("@id")
    return _text(value)


def short_id(identity: str) -> str:
    """An id of at most 300 printable characters."""
    line = " ".join(identity.split())
    return line if len(line) <= 300 else f"{line[:260]}#{_digest(line)}"


def _digest(*texts: str) -> str:
    return blake2b("\x1f".join(texts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _url(row: Mapping[str, Any], page_url: str) -> str | None:
    """The posting's own address, made absolute; None where it has none that is usable."""
    value = row.get("url")
    text = _text(value.get("@id") if isinstance(value, dict) else value)
    if text is None:
        return None
    try:
        return web_url(urljoin(page_url, text), "url")
    except (SourceChanged, ValueError):
        return None


def _places(row: Mapping[str, Any]) -> Iterator[Location]:
    """`jobLocation`; for a remote posting without one, where applicants may be."""
    value = row.get("jobLocation")
    places = [_place(item) for item in (value if isinstance(value, list) else [value])]
    found = [(name, place) for name, place in places if name or place]
    names = {name for name, _ in found}
    # one address on every place although their names differ: the names are right (metacareers.com)
    copied = len(found) > 1 and len({place for _, place in found}) == 1 and len(names) == len(found)
    yielded = False
    for name, place in found:
        if name and (copied or place is None):
            yield Location(name, country=place.country if place else None)
        elif place:
            yield place
        yielded = True
    if not yielded:
        areas = row.get("applicantLocationRequirements")
        for text in (
            text for item in (areas if isinstance(areas, list) else [areas]) for text in _texts(item)
        ):
            yield Location(text, country=country_code(text))


def _place(value: Any) -> tuple[str | None, Location | None]:
    """A Place's name, and what its address says."""
    if not isinstance(value, dict):
        return _known(_text(value)), None
    address = value.get("address") or (value if "addressLocality" in value else None)
    address = address[0] if isinstance(address, list) and address else address
    name = _known(_text(value.get("name")))
    if not isinstance(address, dict):
        text = _known(_text(address))
        return name, Location(text) if text else None
    city = _known(_text(address.get("addressLocality")))
    region = _known(_text(address.get("addressRegion")))
    country = _known(_text(address.get("addressCountry")))
    text = ", ".join(dict.fromkeys(part for part in (city, region, country) if part))
    if is_remote(city or ""):
        city = None  # "Remote" where a city belongs
    return name, Location(text, city, region, country_code(country)) if text else None


def _known(text: str | None) -> str | None:
    return None if text is None or text.casefold() in _UNKNOWN else " ".join(unescape(text).split())


def _description(row: Mapping[str, Any]) -> str | None:
    main = as_html(_text(row.get("description")))
    parts = [main]
    for key, heading in _PARTS:
        content = as_html("\n".join(_texts(row.get(key))))
        if content and content not in (main or "") and len(content) > 20:
            parts.append(section(heading, content))
    return joined(*parts)


def _salary(row: Mapping[str, Any]) -> Salary | None:
    """`baseSalary`: an amount with a value object, a bare number or text, or a list of these."""
    pay = row.get("baseSalary")
    pay = pay[0] if isinstance(pay, list) and pay else pay
    currency = _text(row.get("salaryCurrency"))
    if not isinstance(pay, dict):
        text = _text(pay)
        return parse_salary(text) or salary_of(_number(text), None, currency, None) if text else None
    value = pay.get("value")
    value = value[0] if isinstance(value, list) and value else value
    amount = value if isinstance(value, dict) else {"value": value}
    low = _number(amount.get("minValue")) or _number(pay.get("minValue"))
    high = _number(amount.get("maxValue")) or _number(pay.get("maxValue"))
    if low is None and high is None:
        exact = amount.get("value") or pay.get("price")
        if isinstance(exact, str) and (told := parse_salary(f"{exact} {_text(pay.get('currency')) or ''}")):
            low, high = told.minimum, told.maximum
        else:
            low = high = _number(exact)
    period = _text(amount.get("unitText")) or _text(pay.get("unitText"))
    return salary_of(low, high, _text(pay.get("currency")) or currency, salary_period(period))


def _number(value: Any) -> float | None:
    """A number, also as text with thousands apart: `60,000.00`, `60.000`, `$60 000`."""
    if isinstance(value, str):
        found = _NUMBER.search(value[:60])
        if found is None:
            return None
        digits = re.sub(r"[ '\u00a0\u202f]", "", found.group()).rstrip(".,")
        value = re.sub(r"[.,](?=\d{3}(?:\D|$))", "", digits).replace(",", ".")
        if value.count(".") > 1:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _expired(row: Mapping[str, Any], now: datetime | None) -> bool:
    until = loose_moment(_text(row.get("validThrough"))) if now else None
    return until is not None and now is not None and until < now
