"""The OpenAPI document: APIFlask's, with short names, our errors and our access rules."""

from __future__ import annotations

import json
import re
from typing import Any

from apiflask import APIFlask
from werkzeug.routing import Rule

from backend.api import examples, formats
from backend.api.access import Access, access_of
from backend.api.errors import ErrorAnswer, ErrorBody, ErrorCode
from backend.api.links import links_of

SCHEMAS = "#/components/schemas/"
MACHINE_SCHEMES = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "jobtracker",
        "description": "set by POST /api/session",
    },
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": "X-CSRFToken",
        "description": "csrf_token of GET /api/session, for everything but GET",
    },
}
TAGS = {
    "Listings": "Search, and one listing with its life. Open to everyone.",
    "Companies": "Employers and the boards they come from.",
    "Statistics": "Numbers over everything, and how each source is.",
    "Session and users": "Log in and out, register, confirm, reset.",
    "Account": "The user's own settings and data.",
    "Trackers": "Saved queries that tell of new listings. Only the user's own.",
    "Administration": "Boards, crawls and users, for administrators.",
}
DESCRIPTION = (
    "Job Tracker watches the careers pages of companies, keeps every listing and tells people of matches. "
    "Times are ISO 8601 in UTC. Every error has one shape, `ErrorAnswer`. Lists are pages: pass "
    "`next_cursor` as `cursor` for the next one. An empty parameter counts as not given.\n\n"
    "Formats of our own:\n\n" + "\n".join(f"- `{name}`: {text}" for name, text in formats.FORMATS.items())
)
APIFLASKS = "Successful response"
FOR_WHOM = {
    Access.PUBLIC: "Open to everyone.",
    Access.SIGNED_IN: "For users who are logged in.",
    Access.ADMIN: "For administrators.",
}
IN_PATHS = {
    "id": ("its number", 17),
    "match_id": ("number of a match of this tracker", 17),
    "slug": ("a company's short name", "stripe"),
    "token": ("from the link of a mail, or of a feed", "IjE3LjQ5ZGE5NWQ1"),
}
Spec = dict[str, Any]


def init_openapi(app: APIFlask) -> None:
    app.title, app.version = "Job Tracker", "1"
    app.config.update(
        INFO={"license": {"name": "MIT", "identifier": "MIT"}},
        DESCRIPTION=DESCRIPTION,
        SECURITY_SCHEMES=MACHINE_SCHEMES,
        AUTO_SERVERS=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        AUTO_404_RESPONSE=False,
    )

    @app.spec_processor
    def finished(spec: Any) -> Spec:
        return finish(app, spec)


def document(app: APIFlask) -> Spec:
    """The document as plain values, made once; the same each time."""
    if "openapi" not in app.extensions:
        app.extensions["openapi"] = json.loads(json.dumps(app.spec))
    spec: Spec = app.extensions["openapi"]
    return spec


def finish(app: APIFlask, spec: Spec) -> Spec:
    """Add what APIFlask does not know. Raises ValueError where two things would have one name."""
    spec["components"].setdefault("schemas", {}).update(error_schemas())
    for rule in app.url_map.iter_rules():
        path = spec["paths"].get(template(rule))
        for method in (rule.methods or set()) if path else ():
            operation = path.get(method.lower()) if path else None
            if operation is not None:
                finish_operation(app, rule, method, operation)
    spec = with_short_names(spec)
    examples.add_examples(spec["components"]["schemas"])
    used = {tag for path in spec["paths"].values() for one in path.values() for tag in one.get("tags", ())}
    spec["tags"] = [{"name": name, "description": text} for name, text in TAGS.items() if name in used]
    refuse_same_ids(spec)
    return spec


def template(rule: Rule) -> str:
    """/api/boards/<int:id> -> /api/boards/{id}"""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)


def finish_operation(app: APIFlask, rule: Rule, method: str, operation: Spec) -> None:
    view = app.view_functions[rule.endpoint]
    access = access_of(app, rule.endpoint)
    changes = method != "GET"
    csrf = changes and not getattr(view, "csrf_free", False)
    operation["parameters"] = [without_null(parameter) for parameter in operation["parameters"]]
    operation["operationId"] = camel(view.__name__)
    guards = ([] if access is Access.PUBLIC else ["session"]) + (["csrf"] if csrf else [])
    if guards:
        operation["security"] = [{name: [] for name in guards}]
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True
    responses = operation["responses"]
    if "204" in responses:
        responses["204"].pop("content", None)
    refusals = {
        "401": access is not Access.PUBLIC,
        "403": access is Access.ADMIN or csrf,
        "404": bool(rule.arguments),
        "422": bool(operation.get("requestBody") or operation.get("parameters")),
        "default": True,
    }
    for status, applies in refusals.items():
        if applies and status not in responses:
            responses[status] = refusal(status)
    good = next(status for status in responses if status.startswith("2"))
    if responses[good]["description"] == APIFLASKS:
        responses[good]["description"] = operation["summary"]
    words = [operation.get("description", ""), FOR_WHOM[access or Access.ADMIN]]
    operation["description"] = "\n\n".join(filter(None, words))
    if led_on := links_of(operation["operationId"]):
        responses[good]["links"] = led_on
    for status, response in responses.items():
        if status.startswith(("4", "5")):
            response["content"] = refusal(status)["content"]


def without_null(parameter: Spec) -> Spec:
    """A parameter is left out rather than null."""
    schema = dict(parameter["schema"])
    kinds = [kind for kind in schema.pop("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) == 1:
        schema = schema | kinds[0]
    if schema.get("default", ...) is None:
        del schema["default"]
    schema.pop("title", None)
    described: Spec = {"description": schema.pop("description")} if "description" in schema else {}
    if parameter["in"] == "query" and schema.get("type") != "array":
        described["allowEmptyValue"] = True  # `?q=&sort=` is what a form sends: it means not given
    if parameter["in"] == "path":
        schema |= {"minimum": 1, "maximum": 2**63 - 1} if schema["type"] == "integer" else {}
        described["description"], described["example"] = IN_PATHS[parameter["name"]]
    return parameter | described | {"schema": schema}


REFUSED = {
    "401": "Nobody is logged in",
    "403": "Not for this user, or the CSRF token is missing",
    "404": "There is none, or it is not yours",
    "422": "Something in the request is not right; `fields` says what",
    "default": "Any other refusal, such as 429 with Retry-After",
}


def refusal(status: str) -> Spec:
    return {
        "description": REFUSED.get(status, "Refused"),
        "content": {"application/json": {"schema": {"$ref": f"{SCHEMAS}ErrorAnswer"}}},
    }


def error_schemas() -> Spec:
    own = ErrorAnswer.model_json_schema(ref_template=SCHEMAS + "{model}", mode="serialization")
    nested = own.pop("$defs")
    assert set(nested) == {ErrorBody.__name__, ErrorCode.__name__}
    return {"ErrorAnswer": own, **nested}


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def with_short_names(spec: Spec) -> Spec:
    """APIFlask calls a nested model Parent.Child, once for each parent; here it is Child, once."""
    short = {name: name.rpartition(".")[2] for name in spec["components"]["schemas"]}
    text = json.dumps(spec)
    for name in sorted(short, key=len, reverse=True):
        text = text.replace(f'"{SCHEMAS}{name}"', f'"{SCHEMAS}{short[name]}"')
    renamed: Spec = json.loads(text)
    schemas: Spec = {}
    for name, schema in renamed["components"]["schemas"].items():
        if schemas.setdefault(short[name], schema) != schema:
            raise ValueError(f"two schemas are called {short[name]}, and they differ: rename one")
    renamed["components"]["schemas"] = schemas
    return renamed


def refuse_same_ids(spec: Spec) -> None:
    seen: set[str] = set()
    for path in spec["paths"].values():
        for operation in path.values():
            if operation["operationId"] in seen:
                raise ValueError(f"two operations are called {operation['operationId']}: rename one view")
            seen.add(operation["operationId"])
