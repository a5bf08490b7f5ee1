"""Whether the work keeps up, for admins."""

from __future__ import annotations

from apiflask import APIBlueprint
from pydantic import Field

from backend.api.access import admin
from backend.api.clock import now
from backend.api.schema import Answer
from backend.app import current_settings
from backend.models import db
from backend.services import pulse

blueprint = APIBlueprint("admin_pulse", __name__, url_prefix="/api/admin/pulse", tag="Administration")


class WaitingAnswer(Answer):
    """One step from a crawl to a mail: how much of its work waits. `late`: for longer than it may."""

    name: str = Field(examples=["crawls_unmatched"])
    count: int
    age_seconds: float = Field(description="of the oldest; 0 where nothing waits")
    late: bool


class PulseAnswer(Answer):
    """What waits at each step. `late_seconds` is how long it may: beyond, /readyz says so too."""

    late_seconds: int
    waiting: list[WaitingAnswer]


@blueprint.get("")
@admin
@blueprint.output(PulseAnswer)
def get_pulse() -> PulseAnswer:
    """What waits at each step from a crawl to a mail"""
    settings = current_settings()
    found = pulse.waiting(db.session(), settings, now())
    rows = [
        WaitingAnswer(
            name=one.name, count=one.count, age_seconds=one.age, late=one.age > settings.late_seconds
        )
        for one in found
    ]
    return PulseAnswer(late_seconds=settings.late_seconds, waiting=rows)
