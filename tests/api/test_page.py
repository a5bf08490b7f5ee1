"""The built page, and the headers that protect whoever reads it."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.settings import Settings
from backend.web import create_web_app
from tests.api.conftest import Caller

HASHED = "/assets/index-1a2b3c4d.js"


@pytest.mark.parametrize("path", ["/", "/listings/7", "/admin/boards", "/companies/c++?q=x"])
def test_every_address_of_the_page_gives_its_index_never_kept_unasked(visitor: Caller, path: str) -> None:
    answer = visitor.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "Job Tracker" in answer.text
    assert answer.headers["Cache-Control"].startswith("no-cache")


def test_hashed_files_are_kept_for_ever(visitor: Caller) -> None:
    answer = visitor.get(HASHED)
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.mimetype == "text/javascript"


def test_a_packed_file_is_sent_packed_to_who_takes_it(visitor: Caller) -> None:
    answer = visitor.get(HASHED, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.data.endswith(b"packed")


def test_files_without_a_hash_are_asked_for_again(visitor: Caller) -> None:
    assert visitor.get("/favicon.svg").headers["Cache-Control"] == "max-age=0, public"


@pytest.mark.parametrize("path", ["/api", "/api/nothing", "/api/listings/x", "/assets/x.js", "/admin/rq/x"])
def test_what_is_not_there_is_json_and_no_page(visitor: Caller, path: str) -> None:
    answer = visitor.get(path)
    assert (answer.status_code, answer.json["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/..%2f..%2fpyproject.toml", "/assets/../../README.md", "//etc/passwd"])
def test_no_file_outside_the_page_is_served(visitor: Caller, path: str) -> None:
    assert "jobtracker" not in visitor.get(path).text
    assert "root:" not in visitor.get(path).text


def test_without_a_built_page_one_is_told_how_to_build_it(settings: Settings, tmp_path: Path) -> None:
    visitor = Caller(create_web_app(settings, tmp_path / "nothing"))
    answer = visitor.get("/")
    assert answer.status_code == 503
    assert "npm run build" in answer.text
    assert visitor.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/", HASHED, "/api/session", "/api/nothing", "/healthz"])
def test_every_answer_carries_the_protecting_headers(visitor: Caller, path: str) -> None:
    headers = visitor.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_a_production_page_keeps_its_cookie_to_https(settings: Settings, page: Path) -> None:
    production = {"app_env": "production", "public_url": "https://jobs.example.org", "trusted_proxies": 1}
    app = create_web_app(settings.model_copy(update=production), page)
    answer = app.test_client().get("/api/session", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in answer.headers


def test_without_trusted_proxies_nobody_can_claim_https(visitor: Caller) -> None:
    answer = visitor.get("/api/session", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in answer.headers
