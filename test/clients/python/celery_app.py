"""The application of the Celery test: its worker runs in a process of its own."""

import os

from celery import Celery, group

url = f"redis://127.0.0.1:{os.environ.get('HEMATITE_PORT', '6379')}/3"
app = Celery("hematite", broker=url, backend=url)
app.conf.update(
    broker_connection_retry_on_startup=True,
    result_expires=600,
    task_acks_late=True,
    worker_prefetch_multiplier=4,
    broker_transport_options={"visibility_timeout": 5, "polling_interval": 0.05},
)


@app.task
def add(x, y):
    return x + y


@app.task
def total(numbers):
    return sum(numbers)


@app.task(bind=True, max_retries=3, default_retry_delay=0.05)
def flaky(self, times):
    if self.request.retries < times:
        raise self.retry()
    return self.request.retries


@app.task
def fail(text):
    raise ValueError(text)


@app.task(bind=True)
def nested(self, count):
    return self.replace(group(add.s(n, n) for n in range(count)) | total.s())
