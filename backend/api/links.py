"""How answers lead on: OpenAPI links, from what an answer holds to the operation that takes it."""

from __future__ import annotations

from typing import Any, NamedTuple


class Link(NamedTuple):
    """To an operation; `given` says where its parameters stand (OpenAPI runtime expressions)."""

    operation: str
    given: dict[str, str]


def item(pointer: str) -> str:
    return f"$response.body#/items/0/{pointer}"


def body(pointer: str) -> str:
    return f"$response.body#/{pointer}"


LISTING = Link("getListing", {"id": item("id")})
COMPANY = Link("getCompany", {"slug": item("slug")})
NEXT = {"cursor": body("next_cursor")}
SAME_ID = {"id": "$request.path.id"}
TRACKER = ("getTracker", "changeTracker", "listMatches", "pauseTracker", "resumeTracker", "renewTracker")
CHANNEL = ("sendChannelCode", "verifyChannel", "getChannelSecret", "replaceChannelSecret", "deleteChannel")
BOARD = ("getBoard", "changeBoard", "crawlBoard", "deleteBoard")

LINKS: dict[str, list[Link]] = {
    "searchListings": [LISTING, Link("getCompany", {"slug": item("company/slug")})],
    "getListing": [
        Link("getCompany", {"slug": body("company/slug")}),
        Link("getListing", {"id": body("same_role/0/id")}),
    ],
    "completeSearch": [Link("searchListings", {"q": item("query")})],
    "listCompanies": [COMPANY],
    "getCompany": [Link("blockCompany", {"slug": body("slug")})],
    "listBlocked": [COMPANY, Link("unblockCompany", {"slug": item("slug")})],
    "listChannels": [Link(name, {"id": item("id")}) for name in CHANNEL],
    "createChannel": [Link(name, {"id": body("id")}) for name in CHANNEL],
    "blockCompany": [Link("unblockCompany", {"slug": "$request.path.slug"})],
    "listTrackers": [Link(name, {"id": item("id")}) for name in TRACKER],
    "createTracker": [Link(name, {"id": body("id")}) for name in (*TRACKER, "deleteTracker")],
    "getTracker": [Link("searchListings", {"q": body("canonical")}), Link("listMatches", {"id": body("id")})],
    "pauseTracker": [Link("resumeTracker", {"id": body("id")})],
    "deleteTracker": [Link("restoreTracker", SAME_ID)],
    "listMatches": [
        Link("getListing", {"id": item("listing/id")}),
        Link("listPlaces", SAME_ID | {"match_id": item("id")}),
        Link("listMatches", SAME_ID | NEXT),
    ],
    "makeFeed": [Link("removeFeed", SAME_ID)],
    "listDeliveries": [
        *(Link(name, {"id": item("id")}) for name in ("getDelivery", "listDelivered", "listChanges")),
        Link("listDeliveries", NEXT),
    ],
    "listDelivered": [
        Link("getTracker", {"id": item("tracker/id")}),
        Link("listDelivered", SAME_ID | NEXT),
    ],
    "listBoards": [*(Link(name, {"id": item("id")}) for name in BOARD), Link("listBoards", NEXT)],
    "addBoard": [
        *(Link(name, {"id": body("id")}) for name in BOARD),
        Link("listCrawls", {"board_id": body("id")}),
    ],
    "crawlBoard": [Link("listCrawls", {"board_id": body("board_id")})],
    "listCrawls": [Link("getBoard", {"id": item("board/id")}), Link("listCrawls", NEXT)],
    "listUsers": [Link("changeUser", {"id": item("id")}), Link("listUsers", NEXT)],
    "listSuggestions": [
        *(Link(f"{verb}Suggestion", {"id": item("id")}) for verb in ("accept", "dismiss", "reopen")),
        Link("listSuggestions", NEXT),
    ],
    "dismissSuggestion": [Link("reopenSuggestion", {"id": body("id")})],
}
"""Operation -> where its good answer leads."""


def links_of(operation: str) -> dict[str, Any]:
    """The `links` of an operation's good answer."""
    found: dict[str, Any] = {}
    for link in LINKS.get(operation, ()):
        name = link.operation if link.operation not in found else f"{link.operation}{len(found)}"
        found[name] = {"operationId": link.operation, "parameters": link.given}
    return found
