"""Sources whose list is a web page made for people."""

from __future__ import annotations

from dataclasses import replace

from backend.domain.exchange import Response, SourceError
from backend.sources.base import Page, Source


class WebList(Source):
    """What the page lists decides whether it changed: its tokens, counters and banners do not."""

    web_pages = True

    def fingerprint(self, response: Response) -> bytes:
        try:
            return listed(self.parse(response))
        except SourceError:
            return response.body


def listed(page: Page) -> bytes:
    """All that a page says of its postings, relative dates apart."""
    fixed = [replace(posting, posted_days_ago=None) for posting in page.postings]
    return repr((fixed, page.next and page.next.url, page.complete, sorted(page.closed))).encode(
        "utf-8", "backslashreplace"
    )
