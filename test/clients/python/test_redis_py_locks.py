"""redis-py's own locks, transactions that repeat, scripts. Its client-side caching wants a server that says 7.4."""

import asyncio
import threading
import time

import pytest
import redis
import redis.asyncio


@pytest.fixture
def client(port):
    with redis.Redis(port=port, db=6) as made:
        made.flushdb()
        yield made


def test_one_holder_at_a_time(client):
    inside, most, done = 0, 0, 0

    def work():
        nonlocal inside, most, done
        for _ in range(5):
            with client.lock("lock", timeout=10, sleep=0.002):
                inside += 1
                most = max(most, inside)
                time.sleep(0.001)
                inside -= 1
                done += 1

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, done) == (1, 20)


def test_ownership_extension_and_expiry(client):
    lock = client.lock("own", timeout=0.1)
    assert lock.acquire()
    assert lock.owned() and lock.extend(10)
    assert 9 < client.pttl("own") / 1000 <= 10.1
    assert lock.reacquire() and client.pttl("own") <= 100
    time.sleep(0.15)
    with pytest.raises(redis.exceptions.LockNotOwnedError):
        lock.release()
    other = client.lock("own", timeout=10, blocking_timeout=0.01)
    assert other.acquire() and not client.lock("own", blocking_timeout=0.01).acquire()
    other.release()


def test_transactions_repeat_until_nobody_interferes(client):
    client.set("balance", 0)

    def add_one():
        for _ in range(50):
            client.transaction(lambda pipe: (value := int(pipe.get("balance")), pipe.multi(), pipe.set("balance", value + 1)), "balance")

    threads = [threading.Thread(target=add_one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.get("balance") == b"200"


async def test_asyncio_locks_and_pipelines(port):
    async with redis.asyncio.Redis(port=port, db=6) as client:
        await client.set("n", 0)

        async def add_one():
            async with client.lock("async", timeout=10, sleep=0.002):
                value = int(await client.get("n"))
                await asyncio.sleep(0)
                await client.set("n", value + 1)

        await asyncio.gather(*(add_one() for _ in range(30)))
        assert await client.get("n") == b"30"
        async with client.pipeline(transaction=True) as pipe:
            await pipe.watch("n")
            await client.set("n", "changed")
            pipe.multi()
            pipe.set("n", "mine")
            with pytest.raises(redis.WatchError):
                await pipe.execute()


def test_scripts(client):
    script = client.register_script("return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[1])}")
    assert script(keys=["n"], args=["x"]) == [b"n", b"x", 1]
    client.script_flush()
    assert script(keys=["n"], args=["y"]) == [b"n", b"y", 2]
    with client.pipeline() as pipe:
        script(keys=["n"], args=["z"], client=pipe)
        pipe.get("n")
        assert pipe.execute() == [[b"n", b"z", 3], b"3"]
