"""What is done now and then: trackers end, old reports go."""

from __future__ import annotations

from backend.queueing import JobName
from backend.services import account_mail, trackers
from backend.services import housekeeping as services
from workers.bootstrap import job_context


def housekeeping() -> None:
    with job_context(JobName.HOUSEKEEPING) as context:
        trackers.expire(context.session, context.now())
        trackers.purge_deleted(context.session, context.now())
        account_mail.remove_old(context.session, context.now())
        services.remove_old_reports(context.session, context.now())
