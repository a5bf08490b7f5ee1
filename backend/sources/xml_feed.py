"""Any XML list of jobs, above all Indeed-style feeds (`<source><job>`, `<jobs><job>`), read as a stream."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from io import BytesIO
from typing import BinaryIO
from urllib.parse import urlsplit

from lxml import etree

from backend.domain.exchange import SourceChanged
from backend.domain.gazetteer import country_code
from backend.domain.posting import Location, Posting, Salary, merge_duplicates
from backend.domain.salary import parse_salary, salary_of, salary_period
from backend.sources.answers import http_date, require_ok
from backend.sources.base import Page, Request, Response, Source
from backend.sources.feeds import feed_token, feed_url, without_build_date
from backend.sources.markup import each_tag
from backend.sources.moments import days_ago, loose_moment
from backend.sources.shapes import checked_id, web_url
from backend.sources.texts import as_html, as_line
from backend.sources.xml_fields import GUESSES, NO, ROOTS, ROWS, YES, is_shut, local, mapping_of, plain

MAX_ELEMENTS = 5_000  # in one job
_PATH = re.compile(r"\.xml(?:\.gz)?$", re.IGNORECASE)
_NO_FEED = re.compile(r"sitemap", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class XmlFeed(Source):
    """The token is the feed's URL; `#map=title:jobtitle,id:ref,row:vacancy` tells what it calls things.

    The feed holds all that is open: what is missing in it is closed.
    """

    name = "xml_feed"
    label = "XML feed"
    parser_version = 1
    streams = True
    url_forms = ("jobs.example/feed.xml", "jobs.example/feed.xml#map=title:jobtitle,id:ref")

    def recognise(self, url: str) -> str | None:
        if mapping_of(url.partition("#")[2]):
            return feed_token(url, None)
        return None if _NO_FEED.search(url.partition("?")[0]) else feed_token(url, _PATH)

    def board_url(self, token: str) -> str:
        return feed_url(token)

    def first_request(self, token: str) -> Request:
        return Request(feed_url(token))

    def fingerprint(self, response: Response) -> bytes:
        return without_build_date(response.body)

    def parse(self, response: Response) -> Page:
        return Page(merge_duplicates(list(self.stream(response))))

    def stream(self, response: Response) -> Iterator[Posting]:
        require_ok(response)
        mapping = mapping_of(urlsplit(response.request.url).fragment)
        now = http_date(response.headers.get("date", ""))
        file = response.file or BytesIO(response.body)
        return iter_postings(file, mapping, now, response.request.url or "the feed")


def iter_postings(
    file: BinaryIO,
    mapping: Mapping[str, str] | None = None,
    now: datetime | None = None,
    where: str = "the feed",
) -> Iterator[Posting]:
    """The open postings of a feed, one at a time: memory does not grow with its length.

    `mapping` is an operator's (see `mapping_of`). With `now`, those past their date count as closed. One id
    may come several times, once per place: merging them is the caller's. Raises SourceChanged for a DTD,
    broken XML, a document without a list of jobs, and a job without id, title or web address.
    """
    wanted = {name: path.split("/") for name, path in (mapping or {}).items()}
    for index, element in enumerate(_row_elements(file, (mapping or {}).get("row"), where)):
        job = _Job(element, wanted, f"{local(element)}[{index}]")
        if not is_shut(job.text("status"), job.text("closed"), job.text("active")) and not _past(job, now):
            yield _posting(job)


def _row_elements(file: BinaryIO, named: str | None, where: str) -> Iterator[etree._Element]:
    """Each job's element. Whatever was read before is let go, so that nothing piles up."""
    names = {plain(named)} if named else set(ROWS)
    row: str | None = None
    depth = row_depth = held = 0
    try:
        for event, element in each_tag(_Trimmed(file)):
            name = plain(local(element))
            if event == "start":
                depth += 1
                held = held + 1 if row is not None and depth > row_depth else 0
                if held > MAX_ELEMENTS:
                    raise SourceChanged(f"{where}: one job of more than {MAX_ELEMENTS} elements")
                if depth == 1:
                    _check_root(element, named is not None, where)
                elif row is None and name in names:
                    row, row_depth = name, depth
                continue
            depth -= 1
            inside = row is not None and depth + 1 > row_depth
            if row is not None and depth + 1 == row_depth and name == row:
                yield element
            if not inside:
                _let_go(element)
    except etree.XMLSyntaxError as error:
        raise SourceChanged(f"{where}: expected XML, got a broken document ({error.msg})") from None


def _check_root(root: etree._Element, mapped: bool, where: str) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise SourceChanged(f"{where}: an XML document with a DTD is refused")
    if not mapped and plain(local(root)) not in ROOTS:
        shown = local(root)[:60]
        raise SourceChanged(
            f"{where}: expected an XML list of jobs, got the root {shown!r}; name its rows with #map=row:NAME"
        )


def _let_go(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


class _Trimmed:
    """A file without the blank lines that some feeds begin with, which XML forbids."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._started = False

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        while not self._started and data:
            data = data.lstrip()
            self._started = bool(data)
            if not self._started:
                data = self._file.read(size)
        return data


class _Job:
    """One job's element: its texts by our words."""

    __slots__ = ("children", "element", "path", "wanted")

    def __init__(self, element: etree._Element, wanted: Mapping[str, list[str]], path: str) -> None:
        self.element, self.wanted, self.path = element, wanted, path
        self.children: dict[str, etree._Element] = {}
        for child in element:
            if _has_text(child):
                self.children.setdefault(plain(local(child)), child)

    def find(self, word: str) -> etree._Element | None:
        if word in self.wanted:
            return _follow(self.element, self.wanted[word])
        return next((self.children[name] for name in GUESSES[word] if name in self.children), None)

    def text(self, word: str) -> str | None:
        path = self.wanted.get(word)
        if path and path[-1].startswith("@"):
            holder = _follow(self.element, path[:-1])
            value = holder.get(path[-1][1:]) if holder is not None else None
            return str(value).strip() or None if value is not None else None
        found = self.find(word)
        if found is None:
            return self.element.get(word) if word == "id" and not path else None
        return "".join(str(text) for text in found.itertext()).strip() or None

    def html(self, word: str) -> str | None:
        """A text that may hold elements instead of escaped HTML."""
        found = self.find(word)
        if found is None or not len(found):
            return self.text(word)
        return (found.text or "") + "".join(etree.tostring(child, encoding="unicode") for child in found)

    def missing(self, word: str) -> SourceChanged:
        name = "/".join(self.wanted[word]) if word in self.wanted else word
        return SourceChanged(f"{self.path}.{name} is missing or empty")


def _has_text(element: etree._Element) -> bool:
    return bool((element.text or "").strip()) or len(element) > 0


def _follow(element: etree._Element, path: list[str]) -> etree._Element | None:
    found: etree._Element | None = element
    for step in path:
        found = (
            next((c for c in found if plain(local(c)) == plain(step)), None) if found is not None else None
        )
    return found


def _posting(job: _Job) -> Posting:
    title = as_line(job.text("title"))
    if title is None:
        raise job.missing("title")
    url = job.text("url")
    if url is None:
        raise job.missing("url")
    address = web_url(url, f"{job.path}.url")
    posted = job.text("posted")
    moment = loose_moment(posted)
    return Posting(
        external_id=checked_id(job.text("id") or address, f"{job.path}.id"),
        title=title,
        url=address,
        company=as_line(job.text("company")),
        locations=tuple(dict.fromkeys(_places(job))),
        description_html=as_html(job.html("description")) or "",
        department=as_line(job.text("department")),
        employment_type=job.text("type"),
        work_mode=_work_mode(job.text("remote")),
        level=job.text("level"),
        salary=_salary(job),
        posted_at=moment,
        posted_days_ago=None if moment else days_ago(posted),
    )


def _places(job: _Job) -> Iterator[Location]:
    """The job's own city, region and country; or each of its `<location>`s, which may hold these."""
    own = _place(job)
    if own:
        yield own
        return
    holder = job.find("location")
    inner = [child for child in holder if isinstance(child.tag, str)] if holder is not None else []
    nested = [child for child in inner if len(child)] or ([holder] if inner and holder is not None else [])
    for element in nested:
        place = _place(_Job(element, {}, job.path))
        if place:
            yield place
    if not nested:
        texts = [str(child.text) for child in inner if (child.text or "").strip()] or [
            job.text("location") or ""
        ]
        yield from (Location(text) for given in texts if (text := as_line(given)))


def _place(job: _Job) -> Location | None:
    city, region, country = (as_line(job.text(word)) for word in ("city", "region", "country"))
    text = ", ".join(part for part in (city, region, country) if part)
    return Location(text, city, region, country_code(country)) if text else None


def _work_mode(said: str | None) -> str | None:
    """A word ("hybrid"), or yes and no, of which no tells nothing."""
    folded = (said or "").lower()
    return "remote" if folded in YES else None if folded in NO else said


def _salary(job: _Job) -> Salary | None:
    low, high = _number(job.text("salary_min")), _number(job.text("salary_max"))
    if low is None and high is None:
        return parse_salary(as_line(job.text("salary")))
    return salary_of(low, high, job.text("currency"), salary_period(job.text("period")))


def _number(text: str | None) -> float | None:
    found = _NUMBER.search((text or "")[:40].replace(",", ""))
    return float(found.group()) if found else None


def _past(job: _Job, now: datetime | None) -> bool:
    until = loose_moment(job.text("expires")) if now else None
    return until is not None and now is not None and until < now
