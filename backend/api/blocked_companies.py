"""Companies of which the user wants to be told nothing."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from backend.api.access import signed_in, this_user
from backend.api.clock import now
from backend.api.errors import ApiError, ErrorCode, answer, not_found
from backend.api.schema import Answer
from backend.models import db
from backend.services import blocking
from backend.services.blocking import NoSuchCompany, TooManyBlocked

blueprint = APIBlueprint(
    "blocked_companies", __name__, url_prefix="/api/account/blocked-companies", tag="Account"
)


class BlockedCompanyAnswer(Answer):
    slug: str
    name: str


class BlockedCompanies(Answer):
    items: list[BlockedCompanyAnswer]


@blueprint.errorhandler(NoSuchCompany)
def no_such_company(_error: NoSuchCompany) -> Response:
    return answer(not_found("company"))


@blueprint.get("")
@signed_in
@blueprint.output(BlockedCompanies)
def list_blocked() -> BlockedCompanies:
    """The companies I have blocked, by name"""
    found = blocking.blocked(db.session(), this_user().id)
    return BlockedCompanies(items=[BlockedCompanyAnswer(slug=one.slug, name=one.name) for one in found])


@blueprint.put("/<slug>")
@signed_in
@blueprint.doc(responses={204: "Blocked; what of it was not told yet is forgotten"})
def block_company(slug: str) -> Response:
    """Be told nothing more of a company"""
    try:
        blocking.block(db.session(), this_user().id, slug, now())
    except TooManyBlocked as error:
        raise ApiError(ErrorCode.CONFLICT, str(error)) from None
    return Response(status=204)


@blueprint.delete("/<slug>")
@signed_in
@blueprint.doc(responses={204: "No longer blocked; what comes from now on is found again"})
def unblock_company(slug: str) -> Response:
    """Find a company again"""
    blocking.unblock(db.session(), this_user().id, slug)
    return Response(status=204)
