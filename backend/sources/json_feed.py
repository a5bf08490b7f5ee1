"""Any JSON Feed (https://jsonfeed.org) of jobs, with or without schema.org's JobPosting beside each item."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from backend.domain.posting import Posting, merge_duplicates
from backend.sources.answers import json_answer
from backend.sources.base import Page, Request, Response, Source
from backend.sources.feeds import feed_token, feed_url
from backend.sources.job_posting import posting_of
from backend.sources.moments import loose_moment
from backend.sources.shapes import Fields, joined, rows
from backend.sources.texts import as_html, as_line, lines_as_html

MAX_PAGES = 50
_PATH = re.compile(r"(?:^|[/.-])(?:json)?feed\.json$|/feed/json/?$", re.IGNORECASE)
_EXTENSIONS = ("_jobposting", "_job_posting", "_job")


class JsonFeed(Source):
    """The token is the feed's URL. A feed shows a window of the newest: never complete."""

    name = "json_feed"
    label = "JSON Feed"
    parser_version = 1
    url_forms = ("jobs.example/feed.json",)
    envelope = "items"
    proven = False

    def recognise(self, url: str) -> str | None:
        return feed_token(url, _PATH)

    def board_url(self, token: str) -> str:
        return feed_url(token)

    def first_request(self, token: str) -> Request:
        return Request(feed_url(token), memo={"page": 1})

    def parse(self, response: Response) -> Page:
        answer = json_answer(response)
        found = rows(answer, self.envelope)
        feed = Fields(answer)
        postings = [_posting(row, feed.text("title")) for row in found]
        link = feed.link("next_url") if found else None
        return Page(merge_duplicates(postings), next=_next_request(response.request, link), complete=False)


def _next_request(asked: Request, link: str | None) -> Request | None:
    """The feed's `next_url`, as long as it stays on the host and moves on."""
    page = asked.memo.get("page", 1)
    if link is None or link == asked.url or page >= MAX_PAGES:
        return None
    return (
        Request(link, memo={"page": page + 1})
        if urlsplit(link).hostname == urlsplit(asked.url).hostname
        else None
    )


def _posting(row: Fields, feed_title: str | None) -> Posting:
    external_id = row.need_id("id")
    title = row.need_text("title")
    url = row.link("url") or row.link("external_url")
    if url is None:
        raise row.missing("url")
    job = next((row.object(key).value for key in _EXTENSIONS if isinstance(row.value.get(key), dict)), None)
    told = posting_of({**job, "title": title}, url) if job else Posting(external_id, title, url)
    return Posting(
        external_id=external_id,
        title=as_line(title) or title,
        url=url,
        company=told.company or feed_title,
        locations=told.locations,
        description_html=joined(
            as_html(row.text("content_html"))
            or lines_as_html(row.text("content_text") or row.text("summary"))
        )
        or told.description_html
        or "",
        department=told.department or next(iter(row.texts("tags")), None),
        employment_type=told.employment_type,
        work_mode=told.work_mode,
        salary=told.salary,
        posted_at=loose_moment(row.text("date_published")) or told.posted_at,
    )
