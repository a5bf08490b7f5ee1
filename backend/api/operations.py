"""What runs the system asks: is it alive, is it ready, how is it doing."""

from __future__ import annotations

from apiflask import APIBlueprint

from backend.api.access import public

blueprint = APIBlueprint("operations", __name__, enable_openapi=False)


@blueprint.get("/healthz")
@public
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}
