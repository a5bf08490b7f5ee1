"""rq-dashboard behind our door. Who may come in at all is in test_access."""

from __future__ import annotations

import pytest
from redis import Redis

from backend.queueing import JobName, JSONQueue, QueueName, wake
from tests.api.conftest import Caller, World

OURS = {"Origin": "http://localhost"}


@pytest.fixture
def admin(world: World) -> Caller:
    return world.caller("admin@example.org", admin=True)


@pytest.fixture
def failed(redis_server: Redis) -> str:
    """The id of a job that failed."""
    wake(redis_server, JobName.HOUSEKEEPING)
    queue = JSONQueue(QueueName.PERIODIC.value, redis_server)
    job = queue.jobs[0]
    queue.remove(job)
    queue.failed_job_registry.add(job, ttl=600)
    job.set_status("failed")
    return str(job.id)


def waiting(redis: Redis) -> int:
    return int(JSONQueue(QueueName.PERIODIC.value, redis).count)


@pytest.mark.parametrize("path", ["/", "/0/view/workers", "/0/view/jobs", "/0/data/queues.json"])
def test_an_admin_sees_the_queues(admin: Caller, failed: str, path: str) -> None:
    assert admin.get(f"/admin/rq{path}").status_code == 200


def test_a_failed_job_is_shown_though_it_is_json(admin: Caller, failed: str) -> None:
    jobs = admin.get("/admin/rq/0/data/jobs/periodic/failed/8/asc/1.json").json["jobs"]
    assert [job["id"] for job in jobs] == [failed]
    assert admin.get(f"/admin/rq/0/data/job/{failed}.json").json["description"] == "HOUSEKEEPING"
    assert admin.get(f"/admin/rq/0/view/job/{failed}").status_code == 200


def test_a_get_changes_nothing(admin: Caller, failed: str, redis_server: Redis) -> None:
    answer = admin.get("/admin/rq/requeue/periodic")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert waiting(redis_server) == 0


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null", "http://localhost.evil.example"])
def test_a_post_from_elsewhere_changes_nothing(
    admin: Caller, failed: str, redis_server: Redis, origin: str | None
) -> None:
    headers = {"Origin": origin} if origin else {}
    for path in ("requeue/periodic", f"job/{failed}/requeue", f"job/{failed}/delete"):
        answer = admin.client.post(f"/admin/rq/{path}", headers=headers)
        assert (answer.status_code, answer.json["error"]["code"]) == (403, "csrf")
    assert waiting(redis_server) == 0


@pytest.mark.parametrize("path", ["requeue/periodic", "job/{id}/requeue"])
def test_a_post_of_our_own_page_requeues(admin: Caller, failed: str, redis_server: Redis, path: str) -> None:
    answer = admin.client.post("/admin/rq/" + path.format(id=failed), headers=OURS)
    assert answer.json["status"] == "OK"
    assert waiting(redis_server) == 1
    assert JSONQueue("periodic", redis_server).jobs[0].func_name == JobName.HOUSEKEEPING.value


def test_a_job_that_is_gone_is_not_found(admin: Caller) -> None:
    assert admin.get("/admin/rq/0/view/job/nothing").status_code == 404
    assert admin.client.post("/admin/rq/job/nothing/requeue", headers=OURS).status_code == 404


def test_there_is_no_other_redis_to_look_into(admin: Caller) -> None:
    assert admin.get("/admin/rq/1/view/queues").status_code == 404


def test_only_its_pages_may_run_inline_scripts(admin: Caller) -> None:
    assert "'unsafe-eval'" in admin.get("/admin/rq/").headers["Content-Security-Policy"]
    assert "unsafe-eval" not in admin.get("/api/session").headers["Content-Security-Policy"]
