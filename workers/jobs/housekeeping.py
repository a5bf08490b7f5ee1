"""What is done now and then: trackers end, old reports go."""

from __future__ import annotations

from backend.queueing import JobName
from backend.services import housekeeping as services
from backend.services import trackers
from workers.bootstrap import job_context


def housekeeping() -> None:
    with job_context(JobName.HOUSEKEEPING) as context:
        trackers.expire(context.session, context.now())
        services.remove_old_reports(context.session, context.now())
