"""HTTP_REPLAY: answers from a folder of recordings instead of the network."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from backend.domain.exchange import SourceUnavailable

CONTENT_TYPES = {
    ".json": "application/json",
    ".xml": "application/xml",
    ".rss": "application/xml",
    ".html": "text/html; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
}
_REQUEST = re.compile(r"(?P<method>[A-Z]+)\s+(?P<url>\S.*?)(?:\s+(?P<body>[{\[].*))?")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?")

Place = tuple[str, str, str]
"""Method, host, unquoted path."""


class ReplayMissing(SourceUnavailable):
    """The folder of recordings holds no answer to this request."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared of a request. `body` is its JSON value, or its bytes where it is no JSON."""

    place: Place
    query: Counter[tuple[str, str]]
    body: Any


@dataclass(frozen=True, slots=True)
class Recording:
    file: Path
    asked: Asked

    def answers(self, asked: Asked) -> bool:
        """Same body, if one is recorded, and every recorded query pair is in the asked query."""
        return self.asked.query <= asked.query and self.asked.body in (None, asked.body)

    @property
    def weight(self) -> tuple[bool, int]:
        return self.asked.body is not None, self.asked.query.total()


class Recordings:
    """The recordings of one folder, as its INDEX.tsv (columns `file` and `request`) names them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._at: dict[Place, list[Recording]] = {}
        for recording in _index(folder):
            self._at.setdefault(recording.asked.place, []).append(recording)

    def find(self, method: str, url: str, body: bytes | None) -> Recording:
        """The most specific recording (of equals the first). Raises ReplayMissing, naming the request."""
        asked = _asked(method, url, body)
        fitting = [recording for recording in self._at.get(asked.place, ()) if recording.answers(asked)]
        if not fitting:
            sent = f" {body.decode('utf-8', 'replace')[:200]}" if body else ""
            raise ReplayMissing(f"not recorded in {self._folder} (HTTP_REPLAY): {method} {url}{sent}")
        return max(fitting, key=lambda recording: recording.weight)


class ReplayAdapter(HTTPAdapter):
    """Answers 200 with the bytes of the recording; no header but the type that its name tells."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._recordings = Recordings(folder)

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        recording = self._recordings.find(request.method or "GET", request.url or "", body)
        kind = CONTENT_TYPES.get(recording.file.suffix, "application/octet-stream")
        try:
            content = recording.file.read_bytes()
        except OSError as error:
            raise ReplayMissing(
                f"{recording.file}: named in INDEX.tsv, but cannot be read ({error})"
            ) from None
        raw = HTTPResponse(
            io.BytesIO(content), headers={"Content-Type": kind}, status=200, preload_content=False
        )
        return self.build_response(request, raw)


def _index(folder: Path) -> Iterator[Recording]:
    try:
        with (folder / "INDEX.tsv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                if recording := _recording(folder, row):
                    yield recording
    except OSError as error:
        raise ValueError(f"HTTP_REPLAY: {folder} holds no INDEX.tsv that can be read ({error})") from None


def _recording(folder: Path, row: Mapping[str, str | None]) -> Recording | None:
    """None for a line whose request names no full URL: a placeholder (`<slug>`), or words about it."""
    if "file" not in row or "request" not in row:
        raise ValueError(f"HTTP_REPLAY: {folder / 'INDEX.tsv'} lacks the columns file and request")
    matched = _REQUEST.fullmatch((row["request"] or "").strip())
    if not row["file"] or not matched or re.search(r"[<>…]", matched["url"]):
        return None
    url = matched["url"] if "://" in matched["url"] else f"https://{matched['url']}"
    try:
        asked = _asked(matched["method"], url, matched["body"].encode() if matched["body"] else None)
    except ValueError:
        return None
    return Recording(folder / row["file"], asked) if _HOST.fullmatch(asked.place[1]) else None


def _asked(method: str, url: str, body: bytes | None) -> Asked:
    parts = urlsplit(url)
    place = (method.upper(), parts.netloc.lower(), unquote(parts.path) or "/")
    return Asked(place, Counter(parse_qsl(parts.query, keep_blank_values=True)), _value(body))


def _value(body: bytes | None) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body
