"""One shape for everything that goes wrong, and no more told than is needed."""

from __future__ import annotations

import pytest
from apiflask import APIFlask

from backend.api.access import public
from tests.api.conftest import Caller


def shape(answer: object) -> None:
    error = answer.json["error"]
    assert set(answer.json) == {"error"}
    assert set(error) == {"code", "message", "fields", "column"}
    assert error["message"]


def test_a_wrong_method_says_which_are_right(visitor: Caller) -> None:
    answer = visitor.post("/api/stats")
    assert (answer.status_code, answer.json["error"]["code"]) == (405, "invalid")
    assert "GET" in answer.headers["Allow"]
    shape(answer)


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"x"', b"null", b"\xff\xfe"])
def test_a_body_that_is_no_json_object_is_refused(visitor: Caller, body: bytes) -> None:
    headers = {"X-CSRFToken": visitor.token(), "Content-Type": "application/json"}
    answer = visitor.client.post("/api/session", data=body, headers=headers)
    assert (answer.status_code, list(answer.json["error"]["fields"])) == (422, ["body"])
    shape(answer)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"], ids=["a NUL", "half a pair"])
def test_what_is_no_text_is_refused_with_its_field(visitor: Caller, text: str) -> None:
    answer = visitor.post("/api/session", {"email": text, "password": text})
    assert (answer.status_code, set(answer.json["error"]["fields"])) == (422, {"email", "password"})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/companies/a%00b", 404),
        ("/api/companies?q=a%00b", 422),
        ("/api/companies/%ff", 404),
        ("/api/companies?q=%ff", 200),
    ],
)
def test_addresses_that_are_no_text_break_nothing(visitor: Caller, path: str, status: int) -> None:
    assert visitor.get(path).status_code == status


def test_a_body_that_is_too_large_is_refused(visitor: Caller) -> None:
    answer = visitor.post("/api/session", {"email": "a" * 300_000, "password": "x"})
    assert answer.status_code == 413
    shape(answer)


def test_what_breaks_is_told_without_its_insides(web: APIFlask, visitor: Caller) -> None:
    @public
    def broken() -> None:
        raise RuntimeError("the secret of the house")

    web.config["PROPAGATE_EXCEPTIONS"] = False
    web.view_functions["companies.list_companies"] = broken
    answer = visitor.get("/api/companies")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    shape(answer)


def test_a_value_that_was_sent_is_not_sent_back(visitor: Caller) -> None:
    answer = visitor.get("/api/listings?mode=<script>alert(1)</script>&limit=%3Cimg%3E")
    assert answer.status_code == 422
    assert "script" not in answer.text
    assert "img" not in answer.text
