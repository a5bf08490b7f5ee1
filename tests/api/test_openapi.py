from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from jsonschema_rs import validator_for

from backend.api import openapi
from backend.api.links import LINKS
from backend.cli.openapi import as_text
from tests.api.conftest import Caller

COMMITTED = Path(__file__).parents[2] / "frontend" / "openapi.json"


@pytest.fixture
def document(web: APIFlask) -> dict[str, Any]:
    with web.app_context():
        return openapi.document(web)


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def references(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(references(part) for part in value.values()))
    return set().union(*(references(part) for part in value)) if isinstance(value, list) else set()


def test_the_committed_document_is_up_to_date(document: dict[str, Any]) -> None:
    """Else: `jobtracker openapi -o frontend/openapi.json`, and `npm run api` in frontend."""
    assert COMMITTED.read_text(encoding="utf-8") == as_text(document)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert references(document) == known


def test_every_schema_is_a_schema(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        validator_for({"$ref": f"#/components/schemas/{name}", "components": document["components"]})
        assert schema


def test_every_operation_has_its_name_its_words_and_its_errors(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for operation in operations(document)]
    assert len(names) == len(set(names)) > 40
    for operation in operations(document):
        assert operation["summary"]
        assert operation["tags"]
        good = [code for code in operation["responses"] if code.startswith("2")]
        assert len(good) == 1
        assert good == ["204"] or operation["responses"][good[0]]["content"]
        refusal = operation["responses"]["default"]["content"]["application/json"]["schema"]
        assert refusal == {"$ref": "#/components/schemas/ErrorAnswer"}


def test_every_operation_and_parameter_is_described_and_has_its_example(document: dict[str, Any]) -> None:
    for operation in operations(document):
        assert operation["description"], operation["operationId"]
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], (operation["operationId"], parameter["name"])
        for response in operation["responses"].values():
            assert response["description"] != "Successful response"


def test_every_body_and_answer_has_an_example_that_is_one(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert [
        name for name, schema in schemas.items() if "enum" not in schema and "examples" not in schema
    ] == []
    for name, schema in schemas.items():
        whole = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        for example in schema.get("examples", ()):
            validator_for(whole, validate_formats=True).validate(example)
    for operation in operations(document):
        for response in operation["responses"].values():
            for content in response.get("content", {}).values():
                assert "example" in content or content["schema"]["$ref"].startswith("#/components/schemas/")


def test_links_lead_from_what_an_answer_holds_to_operations_that_take_it(document: dict[str, Any]) -> None:
    known = {operation["operationId"]: operation for operation in operations(document)}
    assert set(LINKS) <= set(known)
    for name in LINKS:
        good = next(answer for code, answer in known[name]["responses"].items() if code.startswith("2"))
        assert len(good["links"]) == len(LINKS[name])
        for link in good["links"].values():
            taken = {parameter["name"] for parameter in known[link["operationId"]]["parameters"]}
            assert set(link["parameters"]) <= taken
            for place in link["parameters"].values():
                source, _, pointer = place.partition("#/")
                assert source in ("$response.body", "$request.path.id", "$request.path.slug")
                if pointer:
                    schema = next(iter(good["content"].values()))["schema"]
                    find(document, schema, pointer.split("/"))


def find(document: dict[str, Any], schema: dict[str, Any], parts: list[str]) -> None:
    """The value that a pointer leads to is in the answer's schema."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if parts:
        inside = schema["items"] if parts[0].isdigit() else schema["properties"][parts[0]]
        find(document, inside, parts[1:])


def test_answers_are_what_the_document_says(document: dict[str, Any], visitor: Caller) -> None:
    for path in ("/api/session", "/api/stats", "/api/sources", "/api/companies", "/api/listings"):
        content = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
        schema = content["schema"] | {"components": document["components"]}
        validator_for(schema).validate(visitor.get(path).json)


def test_the_document_and_its_viewer_are_served_from_here(visitor: Caller) -> None:
    assert visitor.get("/api/openapi.json").json["openapi"].startswith("3.1")
    page = visitor.get("/api/docs").text
    assert "http" not in page
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png", "start.js"):
        assert f"/api/docs/{name}" in page
        assert visitor.get(f"/api/docs/{name}").status_code == 200
    assert visitor.get("/api/docs/oauth2-redirect.html").status_code == 404
