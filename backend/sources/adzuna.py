"""Adzuna's search API: https://developer.adzuna.com. Texts are cut, pay has no currency of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from backend.domain.posting import Location, Posting, Salary, SalaryPeriod, merge_duplicates
from backend.domain.salary import salary_of
from backend.sources.addresses import Address, parse_address
from backend.sources.answers import json_answer
from backend.sources.base import Page, Request, Response
from backend.sources.queries import ALL, Search, search_token, with_parameter, with_search
from backend.sources.shapes import Fields, rows
from backend.sources.texts import as_html, as_line

API = "https://api.adzuna.com/v1/api/jobs"
LIMIT = 50
MAX_PAGES = 5  # of 250 calls a day, 1,000 a week and 2,500 a month: ten a day leave room for eight boards
CONDITIONS = {
    "what": "what", "q": "what", "where": "where", "w": "where", "what_exclude": "what_exclude",
    "what_or": "what_or", "what_phrase": "what_phrase", "distance": "distance", "category": "category",
    "company": "company", "full_time": "full_time", "part_time": "part_time", "contract": "contract",
    "permanent": "permanent", "salary_min": "salary_min", "salary_max": "salary_max",
}  # fmt: skip
# country -> its site, its currency
_COUNTRIES = {
    "at": ("www.adzuna.at", "EUR"), "au": ("www.adzuna.com.au", "AUD"), "be": ("www.adzuna.be", "EUR"),
    "br": ("www.adzuna.com.br", "BRL"), "ca": ("www.adzuna.ca", "CAD"), "ch": ("www.adzuna.ch", "CHF"),
    "de": ("www.adzuna.de", "EUR"), "es": ("www.adzuna.es", "EUR"), "fr": ("www.adzuna.fr", "EUR"),
    "gb": ("www.adzuna.co.uk", "GBP"), "in": ("www.adzuna.in", "INR"), "it": ("www.adzuna.it", "EUR"),
    "mx": ("www.adzuna.com.mx", "MXN"), "nl": ("www.adzuna.nl", "EUR"), "nz": ("www.adzuna.co.nz", "NZD"),
    "pl": ("www.adzuna.pl", "PLN"), "sg": ("www.adzuna.sg", "SGD"), "us": ("www.adzuna.com", "USD"),
    "za": ("www.adzuna.co.za", "ZAR"),
}  # fmt: skip
_COUNTRY_OF_HOST = {host: country for country, (host, _) in _COUNTRIES.items()}
_HIT = re.compile(r"</?(?:strong|b|em)>", re.IGNORECASE)


class Adzuna(Search):
    """The token is COUNTRY?QUERY, as `us?what=python`: its 250 newest, so complete only below that."""

    name = "adzuna"
    label = "Adzuna"
    parser_version = 1
    url_forms = ("www.adzuna.com/search?q=WORDS", "www.adzuna.de/search?q=WORDS")
    envelope = "results"
    needs = ("adzuna_app_id", "adzuna_app_key")
    calm = timedelta(hours=12)

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        country = _country_of(address) if address else None
        token = search_token(url, CONDITIONS) if country else None
        return f"{country}?{token}" if token else None

    def board_url(self, token: str) -> str:
        country, _, query = token.partition("?")
        return with_search(f"https://{_COUNTRIES[country][0]}/search", query)

    def first_request(self, token: str) -> Request:
        return _page_request(token, 1)

    def authorise(self, request: Request, credentials: Mapping[str, str]) -> Request:
        url = with_parameter(request.url, "app_id", credentials.get("adzuna_app_id", ""))
        return replace(request, url=with_parameter(url, "app_key", credentials.get("adzuna_app_key", "")))

    def parse(self, response: Response) -> Page:
        answer = json_answer(response)
        found = rows(answer, self.envelope)
        token = self.recognise(response.request.url)
        address = parse_address(response.request.url)
        country = token.partition("?")[0] if token else None
        number = _page_number(address)
        total = Fields(answer).whole("count") or 0
        seen = (number - 1) * LIMIT + len(found)
        more = bool(found) and seen < total
        following = _page_request(token, number + 1) if more and token and number < MAX_PAGES else None
        return Page(
            merge_duplicates([_posting(row, country) for row in found]),
            next=following,
            complete=following is not None or seen >= total,
        )


def _country_of(address: Address) -> str | None:
    if (
        address.host == "api.adzuna.com"
        and address.path[:3] == ("v1", "api", "jobs")
        and len(address.path) > 4
    ):
        return address.path[3] if address.path[3] in _COUNTRIES and address.path[4] == "search" else None
    is_search = address.path[:1] in {("search",), ("jobs",)}
    return _COUNTRY_OF_HOST.get(address.host) if is_search else None


def _page_number(address: Address | None) -> int:
    last = address.path[-1] if address and address.path else ""
    return max(1, int(last)) if re.fullmatch(r"[0-9]{1,6}", last) else 1


def _page_request(token: str, page: int) -> Request:
    country, _, query = token.partition("?")
    url = f"{API}/{country}/search/{page}"
    return Request(with_search(url, query or ALL, results_per_page=LIMIT, sort_by="date"))


def _posting(row: Fields, country: str | None) -> Posting:
    external_id = row.need_id("id")
    time, contract = row.text("contract_time"), row.text("contract_type")
    return Posting(
        external_id=external_id,
        title=as_line(_HIT.sub("", row.need_text("title"))) or row.need_text("title"),
        url=row.link("redirect_url") or f"https://www.adzuna.com/land/ad/{external_id}",
        company=row.object("company").text("display_name"),
        locations=_places(row.object("location"), country),
        description_html=as_html(row.text("description")) or "",
        department=row.object("category").text("label"),
        employment_type=" ".join(word for word in (contract, time) if word) or None,
        salary=_salary(row, country),
        posted_at=row.moment("created"),
    )


def _places(location: Fields, country: str | None) -> tuple[Location, ...]:
    text = location.text("display_name") or ", ".join(reversed(location.texts("area")))
    return (Location(text, country=country.upper() if country else None),) if text else ()


def _salary(row: Fields, country: str | None) -> Salary | None:
    """A year's pay in the country's money; a figure that Adzuna guessed ("is_predicted") is none."""
    if str(row.value.get("salary_is_predicted")) in {"1", "1.0", "True"}:
        return None
    currency = _COUNTRIES[country][1] if country else None
    return salary_of(row.number("salary_min"), row.number("salary_max"), currency, SalaryPeriod.YEAR)
