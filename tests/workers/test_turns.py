"""The queues of one worker take turns."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from backend.queueing import JobName, JSONQueue, QueueName, wake
from tests.e2e.system import ROOT, until

MANY = 300


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_mail_does_not_wait_until_nothing_is_to_be_matched(settings, app, redis_server):
    matching, mail = (JSONQueue(name.value, redis_server) for name in (QueueName.MATCH, QueueName.MAIL))
    for _ in range(MANY):
        matching.enqueue(JobName.MATCH_CRAWLS.value)
    wake(redis_server, JobName.NOTIFY_DUE)
    environment = os.environ | {
        "VAR_DIR": str(settings.var_dir),
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
    }
    command = [sys.executable, "-m", "workers.worker", "match", "mail"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as pool:
        try:
            until(lambda: mail.is_empty(), 60, "a look for mails")
            assert len(matching) > MANY / 2
        finally:
            pool.terminate()
