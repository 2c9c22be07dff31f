"""Celery: broker and result back end, with a worker in a process of its own."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def tasks(port):
    """The tasks, while a worker works them off."""
    os.environ["HEMATITE_PORT"] = str(port)
    here = Path(__file__).parent
    sys.path.insert(0, str(here))
    import celery_app

    command = [sys.executable, "-m", "celery", "-A", "celery_app", "worker", "--pool=threads", "--concurrency=4"]
    worker = subprocess.Popen(
        [*command, "--loglevel=WARNING", "--without-gossip", "--without-mingle"],
        cwd=here,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield celery_app
    worker.terminate()
    try:
        worker.wait(15)
    except subprocess.TimeoutExpired:
        worker.kill()


def test_results_of_many_tasks(tasks):
    results = [tasks.add.delay(n, n) for n in range(200)]
    assert [result.get(timeout=60) for result in results] == [2 * n for n in range(200)]


def test_groups_chains_and_chords(tasks):
    from celery import chain, chord, group

    assert group(tasks.add.s(n, 1) for n in range(10))().get(timeout=30) == list(range(1, 11))
    assert chain(tasks.add.s(1, 2), tasks.add.s(3), tasks.add.s(4))().get(timeout=30) == 10
    assert chord((tasks.add.s(n, n) for n in range(20)), tasks.total.s())().get(timeout=30) == 380
    assert tasks.nested.delay(5).get(timeout=30) == 20


def test_retries_errors_and_countdowns(tasks):
    assert tasks.flaky.delay(2).get(timeout=30) == 2
    failed = tasks.fail.delay("no luck")
    with pytest.raises(ValueError, match="no luck"):
        failed.get(timeout=30)
    assert failed.state == "FAILURE"
    begin = time.monotonic()
    assert tasks.add.apply_async((1, 1), countdown=1).get(timeout=30) == 2
    assert time.monotonic() - begin >= 0.95


def test_priorities_revoking_and_forgetting(tasks):
    later = tasks.add.apply_async((1, 1), countdown=600)
    later.revoke()
    done = tasks.add.apply_async((2, 2), priority=9)
    assert done.get(timeout=30) == 4
    done.forget()
    assert tasks.app.AsyncResult(done.id).state == "PENDING"
    assert tasks.app.control.ping(timeout=5)[0].popitem()[1] == {"ok": "pong"}
