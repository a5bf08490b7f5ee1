"""How pydantic models meet requests: the base of bodies and queries, and APIFlask's adapter put right."""

from __future__ import annotations

import json
import types
from datetime import datetime
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from apiflask.exceptions import _ValidationError
from apiflask.schema_adapters import registry
from apiflask.schema_adapters.pydantic import PydanticAdapter
from flask import Request
from pydantic import BaseModel, ConfigDict, PlainSerializer, ValidationError, WithJsonSchema
from pydantic_core import ErrorDetails

UNREADABLE = "this is not JSON"
UNSTORABLE = "this holds characters that are no text"


def zulu(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


Moment = Annotated[
    datetime,
    PlainSerializer(zulu, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-03-01T08:00:00Z"]}),
]
"""An aware UTC time: 2026-03-01T08:00:00Z."""


Health = Literal["works", "slow", "failing", "empty", "idle", "gone", "paused"]
"""How a board is, in one word; `empty`: it was full and now lists nothing."""


class Body(BaseModel):
    """A request's body: a field that is not known is an error that names it, not something ignored."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Query(BaseModel):
    """A request's query string. Unknown keys are ignored: links grow tails. Lists are repeated keys."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)


class Answer(BaseModel):
    """What goes out. Built from values or from rows."""

    model_config = ConfigDict(from_attributes=True)


class Message(Answer):
    message: str


def a_text(content_type: str, description: str, example: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a view that answers text of its own kind."""
    content = {"schema": {"type": "string"}, "example": example}
    return {200: {"description": description, "content": {content_type: content}}}


def is_list(annotation: Any) -> bool:
    if get_origin(annotation) in (list, tuple, set, frozenset):
        return True
    if get_origin(annotation) in (Union, types.UnionType, Annotated):
        return any(is_list(part) for part in get_args(annotation))
    return False


def query_values(model: type[BaseModel], request: Request) -> dict[str, Any]:
    """Repeated keys as lists where the field is one; an empty value (`?q=&mode=`) means not given."""
    values: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        given = [value for value in request.args.getlist(name) if value]
        if given:
            values[name] = given if is_list(field.annotation) else given[-1]
    return values


def is_storable(value: Any) -> bool:
    """PostgreSQL takes no NUL, and half of a surrogate pair is no text; JSON can hold both."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return all(is_storable(part) for pair in value.items() for part in pair)
    return all(is_storable(part) for part in value) if isinstance(value, list) else True


def whole(value: Any) -> Any:
    """JSON knows no integers: 7.0 is 7."""
    if isinstance(value, dict):
        return {name: whole(part) for name, part in value.items()}
    if isinstance(value, list):
        return [whole(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def in_words(error: ErrorDetails) -> str:
    """Pydantic's message without its prefix. It holds our limits, never the value that was sent."""
    return error["msg"].removeprefix("Value error, ")


class Adapter(PydanticAdapter):
    """Lists in query strings, complaints without pydantic's accent, and a body that is JSON or refused."""

    def validate_input(self, request: Request, location: str, **_kwargs: Any) -> BaseModel:
        if location == "query":
            return self.check(location, query_values(self.model_class, request))
        if location == "json":
            body = request.get_json(force=True, silent=True)
            if not isinstance(body, dict):
                raise refusal(location, {"body": [UNREADABLE]})
            return self.check(location, body)
        raise ValueError(f"models are not read from {location}")

    def get_openapi_schema(self, **_kwargs: Any) -> dict[str, Any]:
        """What goes out is described as it goes out: a field with a default is always there."""
        incoming = issubclass(self.model_class, (Body, Query))
        return super().get_openapi_schema(mode="validation" if incoming else "serialization")

    def check(self, location: str, values: dict[str, Any]) -> BaseModel:
        unstorable = {name: [UNSTORABLE] for name, value in values.items() if not is_storable(value)}
        if unstorable:
            raise refusal(location, unstorable)
        try:
            if location == "json":  # "1" is no number there, as it is in a query string
                return self.model_class.model_validate_json(json.dumps(whole(values)), strict=True)
            return self.model_class.model_validate(values)
        except ValidationError as error:
            fields: dict[str, list[str]] = {}
            for one in error.errors(include_url=False, include_input=False):
                name = ".".join(str(part) for part in one["loc"]) or "body"
                fields.setdefault(name, []).append(in_words(one))
            raise refusal(location, fields) from None


def refusal(location: str, fields: dict[str, list[str]]) -> _ValidationError:
    return _ValidationError(422, "Validation error", {location: fields})


registry.register("pydantic", Adapter)
