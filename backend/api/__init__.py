"""The REST API: one blueprint a noun, its schemas beside it."""

from backend.api import schema  # noqa: F401  (its adapter must be known before any blueprint is declared)
