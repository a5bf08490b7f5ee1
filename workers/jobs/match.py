"""Matching: stored crawls meet the trackers."""

from __future__ import annotations

from backend.queueing import JobName
from backend.services import matches
from workers.bootstrap import job_context


def match_crawls() -> None:
    """Match every crawl that waits."""
    with job_context(JobName.MATCH_CRAWLS) as context:
        matches.match_crawls(context.session, context.settings, context.now())
