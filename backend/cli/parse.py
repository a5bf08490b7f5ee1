"""`jobtracker boards parse`: the postings of a recorded answer as JSON lines, without database or network."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from backend.domain.normalise import normalise
from backend.domain.posting import Posting
from backend.sources import registry
from backend.sources.base import Request, Response, Source, SourceError

_UNKNOWN_URL = "https://unknown.invalid/"

_LINE_ENDS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


class WrongAnswer(click.ClickException):
    """One line on stderr, exit code 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(f"Error: {' '.join(self.message.split())}", err=True, file=file)


@click.command()
@click.argument("source_name", metavar="SOURCE")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--request",
    "asked",
    default="",
    metavar="REQUEST",
    help='What the file answers, for the host and token it leaves out: a URL, or "POST URL BODY".',
)
@click.option("--detail", is_flag=True, help="The file answers a detail request: one posting.")
def parse(source_name: str, file: Path, asked: str, detail: bool) -> None:
    """Print the postings of a recorded answer of SOURCE in FILE, one JSON object a line."""
    try:
        source = registry.source(source_name)
        body = file.read_bytes() if str(file) != "-" else sys.stdin.buffer.read()
        request = request_of(asked)
        response = Response(200, body, request=request, url=request.url)
        postings = (
            [_detail(source, response)] if detail else source.parse(with_envelope(source, response)).postings
        )
        now = datetime.now(UTC)
        lines = [one_line(record(posting, now)) for posting in postings]
    except registry.UnknownSource as error:
        raise WrongAnswer(str(error.args[0])) from None
    except OSError as error:
        raise WrongAnswer(f"{file} cannot be read: {error.strerror or error}") from None
    except SourceError as error:
        raise WrongAnswer(f"{file} is no answer of {source_name}: {error}") from None
    for line in lines:
        click.echo(line)


def one_line(values: dict[str, Any]) -> str:
    """JSON in one line, also for readers that take U+0085, U+2028 and U+2029 for line ends."""
    text = json.dumps(values, ensure_ascii=False)
    return _LINE_ENDS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def request_of(text: str) -> Request:
    """`URL`, `GET URL` or `POST URL BODY`, as INDEX.tsv writes requests."""
    words = text.strip().split(maxsplit=1)
    method = "GET"
    if len(words) == 2 and words[0].isalpha() and words[0].isupper():
        method = words[0]
        words = words[1].split(maxsplit=1)
    body = words[1].encode() if len(words) == 2 else None
    return Request(words[0] if words else "", method, body=body)


def with_envelope(source: Source, response: Response) -> Response:
    """The answer with its envelope put back where a recording holds the bare list (DESIGN, truth 4)."""
    if source.envelope is None or not response.body.lstrip().startswith(b"["):
        return response
    rows = response.json()
    return replace(response, body=json.dumps({source.envelope: rows}).encode())


def record(posting: Posting, now: datetime) -> dict[str, Any]:
    """A posting as it is printed: `locations` as given, the rest normalised; unknown is null."""
    known = normalise(
        replace(
            posting,
            external_id=posting.external_id or "unknown",
            title=posting.title or "unknown",
            url=posting.url or _UNKNOWN_URL,
        ),
        now,
    )
    salary = known.salary
    return {
        "external_id": posting.external_id or None,
        "title": known.title if posting.title else None,
        "url": known.url if posting.url else None,
        "company": known.company,
        "locations": [place.text for place in posting.locations],
        "work_mode": known.work_mode,
        "department": known.department,
        "employment_type": known.employment_type,
        "posted_at": known.posted_at.isoformat().replace("+00:00", "Z") if known.posted_at else None,
        "salary": salary
        and {
            "min": salary.minimum,
            "max": salary.maximum,
            "currency": salary.currency,
            "period": salary.period,
        },
        "description_html": known.description_html,
    }


def _detail(source: Source, response: Response) -> Posting:
    """The detail alone: what the list would have told stays empty, and is printed as null."""
    return source.parse_detail(Posting("", "", ""), response)
