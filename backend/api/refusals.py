"""What services refuse, as answers: which code, and which field is to blame."""

from __future__ import annotations

from apiflask import APIFlask
from flask import Response

from backend.api.errors import ApiError, ErrorCode, answer
from backend.services import administrators, boards, discovery, passwords, results, suggestions, tokens, users

REFUSALS: dict[type[Exception], tuple[ErrorCode, str | None]] = {
    administrators.LastAdmin: (ErrorCode.CONFLICT, None),
    boards.BoardExists: (ErrorCode.CONFLICT, "url"),
    discovery.NotRecognised: (ErrorCode.INVALID, "url"),
    passwords.PasswordRefused: (ErrorCode.INVALID, "password"),
    results.ResultsGone: (ErrorCode.GONE, None),
    suggestions.BadSuggestion: (ErrorCode.INVALID, "url"),
    tokens.BadToken: (ErrorCode.NOT_FOUND, "token"),
    users.BadEmail: (ErrorCode.INVALID, "email"),
    users.BadTimeZone: (ErrorCode.INVALID, "time_zone"),
    users.Disabled: (ErrorCode.FORBIDDEN, None),
    users.Unconfirmed: (ErrorCode.UNCONFIRMED, None),
    users.WrongCredentials: (ErrorCode.UNAUTHENTICATED, None),
}


def init_refusals(app: APIFlask) -> None:
    def refuse(error: Exception) -> Response:
        code, field = REFUSALS[type(error)]
        fields = {field: [str(error)]} if field else None
        return answer(ApiError(code, str(error), fields=fields))

    for kind in REFUSALS:
        app.register_error_handler(kind, refuse)
