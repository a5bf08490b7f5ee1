"""What is counted now and then, so that nobody who asks waits for it."""

from __future__ import annotations

from backend.queueing import JobName
from backend.services import company_counts, stats
from workers.bootstrap import job_context


def count() -> None:
    with job_context(JobName.COUNT) as context:
        if stats.recount(context.session, context.now()):
            company_counts.recount(context.session, context.now())
