"""Every blueprint of the API, in the order of the documentation."""

from __future__ import annotations

from apiflask import APIBlueprint

from backend.api import operations

BLUEPRINTS: tuple[APIBlueprint, ...] = (operations.blueprint,)
