import os
import signal
import subprocess
import sys
import time

import psutil
import requests

from tests.e2e.system import ROOT, free_ports, until


def test_a_killed_web_server_leaves_no_worker_and_a_new_one_takes_its_port(tmp_path):
    port = free_ports()
    environment = os.environ | {"VAR_DIR": str(tmp_path), "CATALOGUE": ""}
    command = ["-m", "gunicorn", "--config", "python:backend.serving", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--no-control-socket", "backend.web:create_web_app()"]

    def start():
        server = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment)
        until(lambda: requests.get(f"http://127.0.0.1:{port}/healthz", timeout=2).ok, 60, "the start")
        return server

    first = start()
    (worker,) = psutil.Process(first.pid).children()
    first.kill()
    first.wait()
    until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE, 5, "its worker's end")
    begun = time.monotonic()
    second = start()
    assert second.poll() is None
    assert time.monotonic() - begun < 30
    second.send_signal(signal.SIGTERM)
    second.wait(15)
