"""The API's own pages: its OpenAPI document and a viewer that is served from here."""

from __future__ import annotations

from importlib.resources import files

from apiflask import APIBlueprint, APIFlask
from flask import Response, current_app, jsonify, render_template_string, send_from_directory
from werkzeug.exceptions import NotFound

from backend.api import openapi
from backend.api.access import public

blueprint = APIBlueprint("documentation", __name__, url_prefix="/api", enable_openapi=False)

VIEWER = str(files("flask_swagger_ui") / "dist")
VIEWER_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Job Tracker: the API</title>
<link rel="stylesheet" href="{{ url_for('documentation.viewer_file', name='swagger-ui.css') }}">
<link rel="icon" href="{{ url_for('documentation.viewer_file', name='favicon-32x32.png') }}">
<div id="viewer">The document: <a href="{{ url_for('documentation.get_openapi') }}">openapi.json</a></div>
<script src="{{ url_for('documentation.viewer_file', name='swagger-ui-bundle.js') }}"></script>
<script src="{{ url_for('documentation.viewer_start') }}"></script>
"""
START = """
let token
const freshToken = async () => (await (await fetch('/api/session')).json()).csrf_token
SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#viewer',
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: async (request) => {
    if (request.loadSpec || request.method === 'GET') return request
    request.headers['X-CSRFToken'] = token = await freshToken()
    return request
  },
})
"""


def app_of_api() -> APIFlask:
    return current_app._get_current_object()  # type: ignore[attr-defined, no-any-return]


@blueprint.get("/openapi.json")
@public
def get_openapi() -> Response:
    """The OpenAPI document."""
    return jsonify(openapi.document(app_of_api()))


@blueprint.get("/docs")
@public
def viewer() -> str:
    """The document to read and try."""
    return render_template_string(PAGE)


@blueprint.get("/docs/start.js")
@public
def viewer_start() -> Response:
    """Starts the viewer; a file of its own, since the content policy allows no inline script."""
    return Response(START, content_type="text/javascript; charset=utf-8")


@blueprint.get("/docs/<name>")
@public
def viewer_file(name: str) -> Response:
    """A file of the bundled viewer."""
    if name not in VIEWER_FILES:
        raise NotFound
    return send_from_directory(VIEWER, name, max_age=3600)
