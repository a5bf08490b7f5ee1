"""One JSON shape for everything that goes wrong (the contract is in the OpenAPI document's `ErrorAnswer`).

No stack, no scraped text and no value a person typed goes out: messages are ours.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from apiflask import APIFlask, HTTPError
from flask import Response, jsonify, request
from flask_wtf.csrf import CSRFError
from pydantic import BaseModel, Field
from redis.exceptions import RedisError
from sqlalchemy.exc import InterfaceError, OperationalError
from werkzeug.datastructures import Headers

from backend.domain.exchange import SourceError

log = logging.getLogger(__name__)


class ErrorCode(StrEnum):
    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    UNCONFIRMED = "unconfirmed"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    RATE_LIMITED = "rate_limited"
    CSRF = "csrf"
    GONE = "gone"
    UNAVAILABLE = "unavailable"


STATUS = {
    ErrorCode.INVALID: 422,
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.UNCONFIRMED: 403,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.CONFLICT: 409,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.CSRF: 403,
    ErrorCode.GONE: 410,
    ErrorCode.UNAVAILABLE: 503,
}

OF_STATUS = {
    400: (ErrorCode.INVALID, "This request cannot be read."),
    401: (ErrorCode.UNAUTHENTICATED, "Log in first."),
    403: (ErrorCode.FORBIDDEN, "You may not do this."),
    404: (ErrorCode.NOT_FOUND, "There is nothing at this address."),
    405: (ErrorCode.INVALID, "This address does not take that method."),
    406: (ErrorCode.INVALID, "The answer cannot be given in a form you accept."),
    409: (ErrorCode.CONFLICT, "This was changed meanwhile; load it again."),
    410: (ErrorCode.GONE, "This is no longer there."),
    413: (ErrorCode.INVALID, "The request is too large."),
    415: (ErrorCode.INVALID, "Send JSON."),
    422: (ErrorCode.INVALID, "Something in the request is not right."),
    429: (ErrorCode.RATE_LIMITED, "Too many requests; wait a little and try again."),
    503: (ErrorCode.UNAVAILABLE, "This is not available right now; try again in a moment."),
}
BROKEN = (ErrorCode.UNAVAILABLE, "Something broke on our side; it is logged. Try again in a moment.")
KEPT_HEADERS = ("Allow", "Retry-After")


class ErrorBody(BaseModel):
    """`fields` says what is wrong with which field; `column` (from 1) where a query cannot be read."""

    code: ErrorCode = Field(examples=["invalid"])
    message: str = Field(examples=["unclosed quote at 14"])
    fields: dict[str, list[str]] = Field(examples=[{"query": ["unclosed quote at 14"]}])
    column: int | None = Field(examples=[14])


class ErrorAnswer(BaseModel):
    """What every refused request answers."""

    error: ErrorBody


class ApiError(Exception):
    """A refusal that tells a person what to do. The status follows from the code unless it is given."""

    def __init__(
        self,
        code: ErrorCode | str,
        message: str,
        status: int | None = None,
        fields: Mapping[str, Sequence[str]] | None = None,
        column: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = ErrorCode(code)
        self.message = message
        self.status = status or STATUS[self.code]
        self.fields = fields or {}
        self.column = column
        self.headers = headers or {}


def not_found(what: str) -> ApiError:
    return ApiError(ErrorCode.NOT_FOUND, f"There is no such {what}.")


def invalid(field: str, message: str, column: int | None = None) -> ApiError:
    """A 422 that blames one field."""
    return ApiError(ErrorCode.INVALID, message, fields={field: [message]}, column=column)


def answer(error: ApiError) -> Response:
    fields = {name: list(messages) for name, messages in error.fields.items()}
    body = ErrorBody(code=error.code, message=error.message, fields=fields, column=error.column)
    response = jsonify(ErrorAnswer(error=body).model_dump(mode="json"))
    response.status_code = error.status
    response.headers.extend(error.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def of_http(error: HTTPError) -> ApiError:
    """What a library refused (unknown address, wrong method, failed validation), in our words."""
    code, message = OF_STATUS.get(error.status_code, BROKEN)
    fields = complaints(error.detail)
    if fields:
        name, messages = next(iter(fields.items()))
        message = f"{name}: {messages[0]}"
    given = Headers(error.headers)
    headers = {name: given[name] for name in KEPT_HEADERS if name in given}
    return ApiError(code, message, status=error.status_code, fields=fields, headers=headers)


def complaints(detail: Any) -> dict[str, list[str]]:
    """{"query": {"limit": ["..."]}} -> {"limit": ["..."]}: people know the field, not where it travelled."""
    fields: dict[str, list[str]] = {}
    if isinstance(detail, dict):
        for by_field in detail.values():
            if isinstance(by_field, dict):
                fields.update({str(name): [str(m) for m in messages] for name, messages in by_field.items()})
    return fields


def init_errors(app: APIFlask) -> None:
    """Answer every error of `app` in the one shape."""

    def http_error(error: HTTPError) -> Response:
        return answer(of_http(error))

    def csrf_error(_error: CSRFError) -> Response:
        return answer(ApiError(ErrorCode.CSRF, "This page is out of date; load it again and repeat."))

    def source_error(error: SourceError) -> Response:
        return answer(ApiError(ErrorCode.INVALID, str(error), fields={"url": [str(error)]}))

    def unavailable(_error: Exception) -> Response:
        log.exception("the database or Redis refused a request to %s", request.path)
        return answer(ApiError(ErrorCode.UNAVAILABLE, OF_STATUS[503][1], headers={"Retry-After": "5"}))

    app.error_processor(http_error)
    app.register_error_handler(ApiError, answer)
    app.register_error_handler(CSRFError, csrf_error)
    app.register_error_handler(SourceError, source_error)
    for kind in (OperationalError, InterfaceError, RedisError):
        app.register_error_handler(kind, unavailable)
