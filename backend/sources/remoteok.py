"""Remote OK: https://remoteok.com/api. It asks for a link back; the first element is its legal notice."""

from __future__ import annotations

import json
import re
from types import MappingProxyType

from backend.domain.posting import Location, Posting, SalaryPeriod, merge_duplicates
from backend.domain.salary import salary_of
from backend.sources.answers import fingerprint_or_body, json_answer
from backend.sources.base import Page, Response
from backend.sources.queries import Search
from backend.sources.shapes import Fields, rows

# Put under every text against careless applicants; the tag is made from the address that asked.
_MARK = re.compile(r"(?:<br\s*/?>\s*)*Please mention the word \*\*.*\Z", re.DOTALL)
# UTF-8 that was once read as Latin-1
_MISREAD = re.compile("[\u00c2-\u00f4][\u0080-\u00bf]+")


class RemoteOk(Search):
    """The token is `all` or `tag=WORD`. Shows a window of the newest: never complete."""

    name = "remoteok"
    label = "Remote OK"
    parser_version = 1
    url_forms = ("remoteok.com/api", "remoteok.com/api?tag=WORD")
    api = "https://remoteok.com/api"
    hosts = ("remoteok.com", "www.remoteok.com", "remoteok.io")
    paths = (("api",), ())
    conditions = MappingProxyType({"tag": "tag", "tags": "tag"})

    def parse(self, response: Response) -> Page:
        return Page(merge_duplicates([_posting(row) for row in _jobs(response)]), complete=False)

    def fingerprint(self, response: Response) -> bytes:
        """Without the notice's time and the mark under each text."""
        return fingerprint_or_body(response, _stable)


def _jobs(response: Response) -> list[Fields]:
    found = rows(json_answer(response))
    return found[1:] if found and "legal" in found[0].value else found


def _stable(response: Response) -> bytes:
    kept = [{**row.value, "description": _text(row)} for row in _jobs(response)]
    return json.dumps(kept, sort_keys=True).encode()


def _text(row: Fields) -> str | None:
    text = row.text("description")
    return _readable(_MARK.sub("", text)).strip() if text else None


def _readable(text: str) -> str:
    return _MISREAD.sub(_reread, text)


def _reread(match: re.Match[str]) -> str:
    try:
        return match.group().encode("latin-1").decode()
    except ValueError:
        return match.group()


def _posting(row: Fields) -> Posting:
    external_id = row.need_id("id")
    place = _readable(row.text("location") or "").strip(" ,")
    return Posting(
        external_id=external_id,
        title=_readable(row.need_text("position")),
        url=row.link("url") or f"https://remoteok.com/remote-jobs/{external_id}",
        company=row.text("company"),
        locations=(Location(place),) if place else (),
        description_html=_text(row) or "",
        work_mode="remote",
        # 0 is unknown, which salary_of knows
        salary=salary_of(row.number("salary_min"), row.number("salary_max"), "USD", SalaryPeriod.YEAR),
        posted_at=row.moment("date") or row.epoch_s("epoch"),
    )
