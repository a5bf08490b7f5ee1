"""What runs the system asks: is it alive, is it ready, how is it doing."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from apiflask import APIBlueprint
from flask import Response, jsonify, request
from flask_login import current_user
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from backend.api.access import public
from backend.api.clock import now
from backend.api.errors import ApiError, ErrorCode
from backend.app import MIGRATIONS, current_redis, current_settings
from backend.models import db
from backend.queueing import JSONQueue, QueueName
from backend.services import pulse, readiness

blueprint = APIBlueprint("operations", __name__, enable_openapi=False)


@blueprint.get("/healthz")
@public
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """It can do its work; else 503 with the reasons."""
    missing = readiness.what_is_missing(db.session(), current_redis(), current_settings(), MIGRATIONS, now())
    return jsonify(status="not ready" if missing else "ready", reasons=missing), 503 if missing else 200


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """For Prometheus: an admin's session, or the bearer token of METRICS_TOKEN."""
    if not has_metrics_token():
        if not current_user.is_authenticated:
            raise ApiError(ErrorCode.UNAUTHENTICATED, "Log in as an administrator, or send METRICS_TOKEN.")
        if not current_user.is_admin:
            raise ApiError(ErrorCode.FORBIDDEN, "Only an administrator may do this.")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Gauges())
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def has_metrics_token() -> bool:
    token = current_settings().metrics_token.get_secret_value()
    given = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


class Gauges(Collector):
    """Read from the database and Redis at each scrape: the same whichever process answers."""

    def collect(self) -> Iterator[Metric]:
        beat = pulse.pulse(db.session(), current_settings(), now())
        yield gauge("boards_due", "boards whose next crawl is due", beat.boards_due)
        yield gauge("listings_open", "open listings", beat.listings_open)
        for one in beat.waiting:
            yield gauge(one.name, one.text, one.count)
            yield gauge(f"{one.name}_age_seconds", f"{one.text}: age of the oldest", one.age)
        yield from queue_lengths()


def gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"jobtracker_{name}", text, value=value)


def queue_lengths() -> Iterator[Metric]:
    waiting = GaugeMetricFamily("jobtracker_queue_length", "jobs waiting", labels=["queue"])
    failed = GaugeMetricFamily("jobtracker_queue_failed", "jobs that failed and are kept", labels=["queue"])
    up = GaugeMetricFamily("jobtracker_redis_up", "Redis answers")
    try:
        for name in QueueName:
            one = JSONQueue(name.value, current_redis())
            waiting.add_metric([name.value], one.count)
            failed.add_metric([name.value], one.failed_job_registry.get_job_count(cleanup=False))
        up.add_metric([], 1)
    except RedisError:
        up.add_metric([], 0)
    yield from (waiting, failed, up)
