"""Detail answers of the samples, each with the listed posting that it completes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from backend.domain.posting import Posting
from backend.sources.base import Request, Response, Source
from backend.sources.registry import source
from tests.unit.sources.examples import SAMPLES, Example, example


@dataclass(frozen=True)
class Detail:
    """`file` answers for the first posting of `listed`; None: the row alone, as the service gives it."""

    listed: str
    file: str | None = None

    @property
    def list_example(self) -> Example:
        return example(self.listed)

    @property
    def name(self) -> str:
        return self.list_example.name

    @property
    def source(self) -> Source:
        return source(self.name)

    @property
    def body(self) -> bytes:
        if self.file is not None:
            return (SAMPLES / self.file).read_bytes()
        answer: Any = json.loads(self.list_example.body)
        rows = answer if isinstance(answer, list) else answer.get("jobs") or answer["offers"]
        return json.dumps(rows[0]).encode()

    @property
    def kind(self) -> str:
        return "page" if self.body.lstrip()[:1] == b"<" else "json"

    @property
    def posting(self) -> Posting:
        return self.list_example.page().postings[0]

    @property
    def request(self) -> Request:
        one = self.list_example
        asked = self.source.detail_request(self.posting, Request(one.url, one.method, body=one.request_body))
        return asked or Request(self.posting.url)

    def read(self, body: bytes | None = None, status: int = 200) -> Posting:
        """The posting, completed by the sample or by another body."""
        asked = self.request
        answer = Response(status, self.body if body is None else body, {}, asked, asked.url)
        return self.source.parse_detail(self.posting, answer)

    def __str__(self) -> str:
        return f"{self.listed}, {self.file or 'a row'}"


DETAILS = (
    Detail("greenhouse.json"),
    Detail("lever.json"),
    Detail("recruitee.json"),
    Detail("workable.json"),
    Detail("smartrecruiters.json", "smartrecruiters.detail.json"),
    Detail("workday.json", "workday.detail.json"),
    Detail("bamboohr.json", "bamboohr.detail.json"),
    Detail("rippling.json", "rippling.detail.json"),
    Detail("oracle.json", "oracle.detail.json"),
    Detail("eightfold.pcsx.json", "eightfold.detail.json"),
    Detail("eightfold.json", "job.html"),
    Detail("phenom.json", "phenom.detail.json"),
    Detail("phenom.api.json", "job.html"),
    Detail("adp.json", "adp.detail.json"),
    Detail("hh.json", "hh.detail.json"),
    Detail("justjoinit.json", "justjoinit.detail.json"),
    Detail("icims.html", "icims.job.html"),
    Detail("icims.html", "job.plain.html"),
    Detail("successfactors.html", "successfactors.job.html"),
    Detail("successfactors.html", "job.html"),
    Detail("jobvite.html", "jobvite.job.html"),
    Detail("jazzhr.html", "job.html"),
    Detail("jazzhr.html", "job.plain.html"),
    Detail("jobylon.html", "job.html"),
    Detail("jobylon.html", "job.plain.html"),
    Detail("json_ld.xml", "job.html"),
    Detail("personio.search.json", "job.html"),
)
