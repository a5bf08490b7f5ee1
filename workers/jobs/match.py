"""Matching: stored crawls meet the trackers, whose queries are filed under what is rare."""

from __future__ import annotations

from backend.queueing import JobName
from backend.services import key_counts, matches
from workers.bootstrap import job_context


def match_crawls() -> None:
    """Match every crawl that waits; a job that gets long leaves the rest to the next."""
    with job_context(JobName.MATCH_CRAWLS) as context:
        if not matches.match_crawls(context.session, context.settings, context.now()).all:
            context.wake(JobName.MATCH_CRAWLS)


def file_queries() -> None:
    """Count once a month what is rare, and file the queries by it."""
    with job_context(JobName.FILE_QUERIES) as context:
        key_counts.keep_filing(context.session, context.now())
