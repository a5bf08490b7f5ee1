"""What of an answer may be kept, and by whom: public ones by anyone who asks again, private by nobody."""

from __future__ import annotations

import hashlib

from flask import Response, current_app, request, session

from backend.api.access import Access, access_of

READS = ("GET", "HEAD")
TAG = "jobtracker.etag"  # where a request keeps the tag it got before the work


def not_modified(*state: object) -> Response | None:
    """The 304 for a caller whose answer is still that of `state`; else None, and the answer gets its tag.

    For answers whose state is known before the work. `state` must move whenever the answer could.
    """
    text = repr((request.path, state))
    tag = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
    request.environ[TAG] = tag
    return Response(status=304) if request.if_none_match.contains_weak(tag) else None


def revalidate(response: Response) -> None:
    """Tag a read, so that an unchanged one costs a 304. What says itself how it may be kept stays so.

    A private answer is kept by nobody but who asked, and only if it names its state: that is asked for again.
    The tags are weak: compressed or not, it is the same answer (RFC 9110, 8.8.1).
    """
    if "Cache-Control" in response.headers:
        return
    if request.method not in READS or response.status_code not in (200, 304):
        response.headers["Cache-Control"] = "no-store"
        return
    private = "private, no-cache" if TAG in request.environ else "private, no-store"
    response.headers["Cache-Control"] = "public, no-cache" if is_public() else private
    if TAG in request.environ:
        response.set_etag(request.environ[TAG], weak=True)
    if response.is_streamed:
        return  # to look at it would be to read it to its end
    if TAG not in request.environ:
        response.add_etag(weak=True)
    response.make_conditional(request)


def is_public() -> bool:
    """The same for everyone who asks, at an address that is no secret, and carrying nobody's cookie."""
    if request.endpoint is None or "token" in (request.view_args or {}):  # of a mail or a feed
        return False
    return access_of(current_app, request.endpoint) is Access.PUBLIC and not session.modified
