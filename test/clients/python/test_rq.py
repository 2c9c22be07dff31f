"""RQ: queues, results, retries, dependencies, scheduled jobs, registries."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from rq import Queue, Retry, SimpleWorker
from rq.job import Job
from rq.registry import FailedJobRegistry, ScheduledJobRegistry

sys.path.insert(0, str(Path(__file__).parent))
import rq_tasks


@pytest.fixture
def connection(port):
    with redis.Redis(port=port, db=4) as made:
        made.flushdb()
        yield made


def work(*queues):
    SimpleWorker(queues, connection=queues[0].connection).work(burst=True, with_scheduler=False, logging_level="ERROR")


def test_jobs_results_and_order(connection):
    urgent, usual = Queue("urgent", connection=connection), Queue("usual", connection=connection)
    jobs = [usual.enqueue(rq_tasks.double, n) for n in range(50)]
    first = urgent.enqueue(rq_tasks.double, 21)
    assert (len(usual), len(urgent)) == (50, 1)
    work(urgent, usual)
    assert [job.return_value() for job in jobs] == [2 * n for n in range(50)]
    assert first.return_value() == 42
    first.refresh()
    jobs[0].refresh()
    assert first.ended_at <= jobs[0].started_at
    assert usual.finished_job_registry.count == 50
    assert usual.is_empty()


def test_failures_and_retries(connection):
    queue = Queue("failing", connection=connection)
    job = queue.enqueue(rq_tasks.fail, "no luck", retry=Retry(max=2))
    work(queue)
    job.refresh()
    assert job.is_failed and job.retries_left == 0
    registry = FailedJobRegistry(queue=queue)
    assert registry.get_job_ids() == [job.id]
    assert "no luck" in job.latest_result().exc_string
    registry.requeue(job.id)
    assert queue.job_ids == [job.id]


def test_dependencies_and_many_at_once(connection):
    queue = Queue("dependent", connection=connection)
    with connection.pipeline() as pipeline:
        many = [Queue.prepare_data(rq_tasks.double, (n,)) for n in range(10)]
        parents = queue.enqueue_many(many, pipeline=pipeline)
        pipeline.execute()
    child = queue.enqueue(rq_tasks.double, 1, depends_on=parents)
    assert child.get_status() == "deferred"
    work(queue)
    assert child.return_value() == 2
    assert {job.return_value() for job in Job.fetch_many([p.id for p in parents], connection)} == set(range(0, 20, 2))


def test_scheduled_jobs(connection):
    queue = Queue("scheduled", connection=connection)
    job = queue.enqueue_in(timedelta(hours=1), rq_tasks.double, 4)
    registry = ScheduledJobRegistry(queue=queue)
    assert job.id in registry and len(queue) == 0
    assert registry.get_scheduled_time(job) > job.created_at
    job.cancel()
    assert job.id not in registry
