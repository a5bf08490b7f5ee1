"""hh.ru vacancies: https://api.hh.ru/openapi. Contacts of people are never read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from backend.domain.posting import Location, Posting, Salary, SalaryPeriod, merge_duplicates
from backend.domain.salary import salary_of
from backend.sources.addresses import Address, parse_address
from backend.sources.answers import json_answer
from backend.sources.base import Page, Request, Response, SourceUnavailable
from backend.sources.moments import loose_moment
from backend.sources.queries import Search, search_token, with_parameter, with_search
from backend.sources.shapes import Fields, joined, rows

API = "https://api.hh.ru/vacancies"
LIMIT = 100
CAP = 2000  # the API never goes further, whatever `found` says
CONDITIONS = (
    "text", "area", "employer_id", "professional_role", "specialization", "industry", "experience",
    "employment", "employment_form", "schedule", "work_format", "salary", "currency", "only_with_salary",
    "search_field", "metro", "label",
)  # fmt: skip
_CURRENCIES = {"RUR": "RUB", "BYR": "BYN"}  # old codes that hh.ru keeps
_EMPLOYMENT = {"project": "contract", "probation": "internship", "side_job": "part-time"}
_MODES = {"REMOTE": "remote", "HYBRID": "hybrid", "ON_SITE": "onsite"}


class HeadHunter(Search):
    """The token is a query: `employer_id=123`, `area=1&text=python`.

    A search that finds more than 2,000 shows only these, and is not complete.
    """

    name = "hh"
    label = "hh.ru"
    parser_version = 1
    url_forms = ("hh.ru/employer/NUMBER", "hh.ru/search/vacancy?text=WORDS")
    envelope = "items"
    api = API
    first = (("page", 0), ("per_page", LIMIT))

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None or not (address.host == "hh.ru" or address.subdomain("hh.ru")):
            return None
        employer = _employer(address)
        if employer:
            return f"employer_id={employer}"
        if address.path in {("vacancies",), ("search", "vacancy")}:
            return search_token(url, CONDITIONS)
        return None

    def board_url(self, token: str) -> str:
        name, _, value = token.partition("=")
        if name == "employer_id" and value.isdigit():
            return f"https://hh.ru/employer/{value}"
        return with_search("https://hh.ru/search/vacancy", token)

    def parse(self, response: Response) -> Page:
        answer = json_answer(_admitted(response))
        found = rows(answer, self.envelope)
        envelope = Fields(answer)
        page, pages = envelope.whole("page") or 0, envelope.whole("pages") or 0
        per_page, total = envelope.whole("per_page") or LIMIT, envelope.whole("found") or 0
        more = bool(found) and 0 <= page < pages - 1 and (page + 1) * per_page < CAP
        url = response.request.url or API
        postings = [_posting(row) for row in found]
        return Page(
            merge_duplicates(postings),
            next=Request(with_parameter(url, "page", page + 1)) if more else None,
            complete=total <= CAP,
            closed=frozenset(row.need_id("id") for row in found if row.flag("archived")),
        )

    def detail_request(self, posting: Posting, list_request: Request) -> Request | None:  # noqa: ARG002
        return Request(f"{API}/{posting.external_id}") if posting.external_id.isdigit() else None

    def parse_detail(self, posting: Posting, response: Response) -> Posting:
        row = Fields(json_answer(_admitted(response)))
        read = _posting(row)
        skills = ", ".join(name for skill in row.objects("key_skills") if (name := skill.text("name")))
        text = joined(row.text("description"), f"<p>{skills}</p>" if skills else None)
        # "" says: looked, and there is no text; None would ask again
        return replace(read, url=read.url or posting.url, description_html=text or "")


def _admitted(response: Response) -> Response:
    """Raises SourceUnavailable, with what to do, where hh.ru does not like who asks."""
    if response.status in {400, 403} and b'"bad_user_agent"' in response.body[:2000]:
        raise SourceUnavailable(
            f"{response.request.url} answered {response.status}, bad_user_agent: hh.ru wants to hear whom to "
            "turn to: set CONTACT to an address of yours"
        )
    return response


def _employer(address: Address) -> str | None:
    named = address.path[:1] in {("employer",), ("employers",)} and len(address.path) > 1
    return address.path[1] if named and address.path[1].isascii() and address.path[1].isdigit() else None


def _posting(row: Fields) -> Posting:
    external_id = row.need_id("id")
    return Posting(
        external_id=external_id,
        title=row.need_text("name"),
        url=row.link("alternate_url") or f"https://hh.ru/vacancy/{external_id}",
        company=row.object("employer").text("name"),
        locations=tuple(_places(row)),
        department=row.object("department").text("name"),
        employment_type=_employment(row),
        work_mode=_work_mode(row),
        level="entry_level" if row.object("experience").text("id") == "noExperience" else None,
        salary=_salary(row),
        posted_at=loose_moment(row.text("published_at") or row.text("created_at")),
    )


def _places(row: Fields) -> Iterator[Location]:
    """The area, which may be a city, a region or a country; the address's city where it tells more."""
    area, city = row.object("area").text("name"), row.object("address").text("city")
    if city and area and city != area:
        yield Location(f"{city}, {area}", city)
    elif area or city:
        yield Location(area or city or "")


def _employment(row: Fields) -> str | None:
    said = row.object("employment_form").text("id") or row.object("employment").text("id")
    return _EMPLOYMENT.get(said.lower(), said) if said else None


def _work_mode(row: Fields) -> str | None:
    formats = [
        _MODES[known] for item in row.objects("work_format") if (known := item.text("id") or "") in _MODES
    ]
    if formats:
        return "hybrid" if "hybrid" in formats else formats[0]
    return "remote" if row.object("schedule").text("id") == "remote" else None


def _salary(row: Fields) -> Salary | None:
    """`salary_range` names its period, the older `salary` is a month's."""
    newer = row.object("salary_range")
    pay = newer if newer.value else row.object("salary")
    mode = pay.object("mode").text("id") or "MONTH"
    period = {"MONTH": SalaryPeriod.MONTH, "HOUR": SalaryPeriod.HOUR}.get(mode)
    currency = pay.text("currency")
    return salary_of(pay.number("from"), pay.number("to"), _CURRENCIES.get(currency or "", currency), period)
