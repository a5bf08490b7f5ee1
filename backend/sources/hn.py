"""Hacker News "Who is hiring", a thread a month, through Algolia's search. No people's names are kept."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator

from backend.domain.places import complete, is_remote
from backend.domain.posting import Location, Posting, merge_duplicates
from backend.domain.salary import parse_salary
from backend.sources.addresses import parse_address
from backend.sources.answers import fingerprint_or_body, json_answer
from backend.sources.base import Page, Request, Response, Source
from backend.sources.queries import number_of, with_parameter
from backend.sources.shapes import Fields, rows
from backend.sources.texts import lines_as_html

API = "https://hn.algolia.com/api/v1/search_by_date"
SITE = "https://news.ycombinator.com"
LATEST = "whoishiring"
LIMIT = 1000
MAX_PAGES = 5
LONGEST_TITLE = 200
_STORY = re.compile(r"story_(\d{1,12})")
_TAG = re.compile(r"<[^>]{0,500}>")
_ROLE = re.compile(
    r"\b(?:engineers?|developers?|designers?|scientists?|managers?|architects?|analysts?|leads?|directors?|devops"
    r"|sre|researchers?|programmers?|administrators?|consultants?|interns?|internships?|founding|cto|head of"
    r"|marketers?|writers?|recruiters?|specialists?|technicians?|full.?stack|front.?end|back.?end|swes?|qa)\b",
    re.IGNORECASE,
)
_TYPE = re.compile(r"full.?time|part.?time|contract|freelance|intern(?:ship)?s?\b", re.IGNORECASE)
_MODE = re.compile(r"\b(hybrid|remote|on.?site)\b", re.IGNORECASE)
_LABEL = re.compile(
    r"^\W*(company|location|remote|type|salary|role|position|title)\s*:\s*(\S.*)$", re.IGNORECASE
)
_MAIL = re.compile(
    r"(?:mailto:)?[\w.+-]{1,64}\s?(?:@|(?:[\[({<]|&lt;)\s?at\s?(?:[\])}>]|&gt;))\s?[\w-]+"
    r"(?:\s?(?:\.|(?:[\[({<]|&lt;)\s?dot\s?(?:[\])}>]|&gt;))\s?[\w-]+)+"
    r"|\b[\w.+-]{1,64} at [\w-]{1,60} dot \w{2,10}\b",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\+\d[\d ().-]{7,18}\d")


class HackerNews(Source):
    """The token is `whoishiring` (the newest thread) or `story=NUMBER`.

    Comments to comments are replies, no openings: they count as closed.
    """

    name = "hn"
    label = "Hacker News: Who is hiring"
    parser_version = 1
    url_forms = ("news.ycombinator.com/submitted?id=whoishiring", "news.ycombinator.com/item?id=NUMBER")
    envelope = "hits"

    def recognise(self, url: str) -> str | None:
        address = parse_address(url)
        if address is None:
            return None
        if address.host == "news.ycombinator.com":
            story = address.query.get("id", "")
            if address.path == ("submitted",) and story == LATEST:
                return LATEST
            is_item = address.path == ("item",) and re.fullmatch(r"[0-9]{1,12}", story)
            return f"story={story}" if is_item else None
        if address.host == "hn.algolia.com" and address.path[:2] == ("api", "v1"):
            tags = address.query.get("tags", "")
            found = _STORY.search(tags)
            return f"story={found.group(1)}" if found else LATEST if "author_whoishiring" in tags else None
        return None

    def board_url(self, token: str) -> str:
        _, story, number = token.partition("story=")
        return f"{SITE}/item?id={number}" if story else f"{SITE}/submitted?id={LATEST}"

    def first_request(self, token: str) -> Request:
        _, story, number = token.partition("story=")
        return _comments(number) if story else Request(f"{API}?tags=story,author_whoishiring&hitsPerPage=20")

    def parse(self, response: Response) -> Page:
        answer = json_answer(response)
        found = rows(answer, self.envelope)
        if self.recognise(response.request.url) == LATEST:
            thread = next((row.need_id("objectID") for row in found if _is_thread(row)), None)
            return Page([], next=_comments(thread) if thread else None, complete=thread is not None)
        page, pages = number_of(response.request.url, "page", 0), Fields(answer).whole("nbPages") or 0
        more = bool(found) and page + 1 < pages
        following = more and page + 1 < MAX_PAGES
        postings = [posting for row in found if (posting := _posting(row))]
        return Page(
            merge_duplicates(postings),
            next=Request(with_parameter(response.request.url, "page", page + 1)) if following else None,
            complete=bool(following) or not more,
            closed=frozenset(row.need_id("objectID") for row in found if _is_reply(row)),
        )

    def fingerprint(self, response: Response) -> bytes:
        """Without the seconds that the search took."""
        return fingerprint_or_body(response, _stable)


def _comments(story: str) -> Request:
    return Request(f"{API}?tags=comment,story_{story}&hitsPerPage={LIMIT}&page=0")


def _is_thread(row: Fields) -> bool:
    """Beside "Who is hiring?" the same author asks who wants to be hired."""
    return "who is hiring" in (row.text("title") or "").lower()


def _is_reply(row: Fields) -> bool:
    parent, story = row.value.get("parent_id"), row.value.get("story_id")
    return parent is not None and story is not None and parent != story


def _stable(response: Response) -> bytes:
    found = rows(json_answer(response), HackerNews.envelope)
    kept = [[row.value.get(name) for name in ("objectID", "title", "comment_text")] for row in found]
    return json.dumps(kept).encode()


def _posting(row: Fields) -> Posting | None:
    """None for a deleted comment, which has no text."""
    external_id = row.need_id("objectID")
    text = row.text("comment_text") or row.text("text")
    lines = _lines(text) if text else []
    if not lines:
        return None
    facts = _labelled(lines) if _LABEL.match(lines[0]) else {}
    parts = [part for part in (piece.strip() for piece in lines[0].split("|")) if part]
    told = [*facts.values()] if facts else parts[1:]
    modes = [found.group(1).lower() for part in told if (found := _MODE.search(part))]
    mode = "hybrid" if "hybrid" in modes else next(iter(modes), None)
    return Posting(
        external_id=external_id,
        title=_title(lines, parts, facts),
        url=f"{SITE}/item?id={external_id}",
        company=facts.get("company") or (_company(parts[0]) if len(parts) > 1 else None),
        locations=tuple(_places([facts["location"]] if "location" in facts else [] if facts else told)),
        description_html=_description(text or ""),
        employment_type=next((part for part in told if len(part) < 60 and _TYPE.search(part)), None),
        work_mode=None if facts.get("remote", "").lower().startswith("no") else mode,
        salary=next((pay for part in told if re.search(r"\d", part) and (pay := parse_salary(part))), None),
        posted_at=row.epoch_s("created_at_i") or row.moment("created_at"),
    )


def _lines(text: str) -> list[str]:
    """The text without tags; `<p>` only separates."""
    plain = html.unescape(_TAG.sub("", re.sub(r"<p>|<br\s*/?>", "\n", text)))
    plain = _PHONE.sub("", _MAIL.sub("", plain))
    return [line for raw in plain.split("\n") if (line := " ".join(raw.split()))]


def _labelled(lines: list[str]) -> dict[str, str]:
    """`Company: Faqta`, `Location: Utrecht`: what some write instead of the line with bars."""
    found = (match for line in lines[:10] if (match := _LABEL.match(line)))
    return {match.group(1).lower(): match.group(2).strip() for match in found}


def _title(lines: list[str], parts: list[str], facts: dict[str, str]) -> str:
    """What is wanted; where nothing looks like it, the whole first line."""
    named = facts.get("role") or facts.get("position") or facts.get("title")
    if facts and not named:
        named = next((line for line in lines[:12] if not _LABEL.match(line) and _ROLE.search(line)), None)
    roles = [part for part in parts[1:] if _ROLE.search(part) and not _is_type(part)]
    title = named or ", ".join(roles) or lines[0]
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip()}…"


def _is_type(part: str) -> bool:
    return bool(re.fullmatch(r"(?:interns?|internships?|contract|[\s,/])+", part, re.IGNORECASE))


def _company(part: str) -> str:
    """Without the web address that many put in brackets."""
    return re.sub(r"\s*[(\[]?(?:https?://|www\.)\S+?[)\]]?$", "", part).strip() or part


def _places(parts: list[str]) -> Iterator[Location]:
    """Those parts of the line that name a known place."""
    for part in parts:
        if len(part) > 80 or _ROLE.search(part):
            continue
        place = Location(part)
        if is_remote(part) or any(known.country for known in complete(place)):
            yield place


def _description(text: str) -> str | None:
    """Paragraphs closed, addresses and phone numbers gone."""
    shown = re.sub(r"<a\b[^>]{0,500}href=\"mailto:[^>]{0,500}>.*?</a>", "", text, flags=re.DOTALL)
    shown = shown.replace("&#x2F;", "/").replace("&#x27;", "'")
    shown = _PHONE.sub("(on the page)", _MAIL.sub("(on the page)", shown))
    paragraphs = [part.strip() for part in shown.split("<p>") if part.strip()]
    return "\n".join(
        f"<p>{part}</p>" if _TAG.search(part) else lines_as_html(html.unescape(part)) or ""
        for part in paragraphs
    )
