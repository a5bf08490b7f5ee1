"""Crawling: whoever wakes it, the worker that starts claims what is due."""

from __future__ import annotations

from backend.queueing import JobName
from workers.bootstrap import job_context, worker_fetcher

prepare = worker_fetcher


def crawl_due() -> None:
    """Visit due boards until none is due; when time is up first, another job goes on."""
    with job_context(JobName.CRAWL_DUE) as context:
        if not context.sweeper().sweep(context.session):
            context.wake(JobName.CRAWL_DUE)
