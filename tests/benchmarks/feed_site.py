"""A site that sends an XML feed of any size, made as it is sent: `python -m ….feed_site PORT MB`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

from tests.career_sites.company import make_companies
from tests.career_sites.formats.common import html_of, written
from tests.career_sites.openings import draw_opening

TEXTS = 200  # of real length, again and again under other ids
JOB = """<job><title><![CDATA[%s]]></title><referencenumber>F-%%d</referencenumber>
<date>2026-08-05 22:49:39</date><url>https://feeds.example/jobs/%%d</url><company>%s</company>
<city>%s</city><country>%s</country><category>%s</category><jobtype>full-time</jobtype>
<description><![CDATA[%s]]></description></job>
"""


def templates() -> list[str]:
    """Jobs with holes for their number, twice."""
    companies = make_companies(1, 20, ("greenhouse",))
    made = []
    for number in range(TEXTS):
        company = Random(number).choice(companies)
        opening = draw_opening(1, company, number, 0.0)
        place = opening.places[0]
        words = (opening.title, company.name, place.city, place.country_name, opening.department)
        text = html_of(written(company, opening))
        made.append(JOB % tuple(word.replace("%", "%%").replace("&", "+") for word in (*words, text)))
    return made


def pieces(size: int) -> Iterator[bytes]:
    """The feed, at least `size` bytes of it."""
    jobs = "".join(templates())
    yield b'<?xml version="1.0" encoding="utf-8"?>\n<source>\n'
    sent = number = 0
    while sent < size:
        numbers = [one for job in range(TEXTS) for one in (number + job, number + job)]
        piece = (jobs % tuple(numbers)).encode()
        number, sent = number + TEXTS, sent + len(piece)
        yield piece
    yield b"</source>\n"


def handler(size: int) -> type[BaseHTTPRequestHandler]:
    class Feed(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Connection", "close")
            self.end_headers()
            self.close_connection = True
            for piece in pieces(size):
                self.wfile.write(piece)

        def log_message(self, *_: object) -> None:
            pass

    return Feed


if __name__ == "__main__":
    ThreadingHTTPServer(
        ("127.0.0.1", int(sys.argv[1])), handler(int(float(sys.argv[2]) * 2**20))
    ).serve_forever()
