"""redis-py against the built server: synchronous and asyncio, in both protocol versions."""

import asyncio
import os
import time

import pytest
import redis
import redis.asyncio

HUNDRED_MEGABYTES = 100 * 1024 * 1024
SCAN_KEYS = 100_000


@pytest.fixture(params=[2, 3], ids=["RESP2", "RESP3"])
def client(request, port):
    with redis.Redis(port=port, protocol=request.param) as made:
        made.flushall()
        made.expected_protocol = request.param
        yield made


@pytest.fixture(params=[2, 3], ids=["RESP2", "RESP3"])
async def async_client(request, port):
    async with redis.asyncio.Redis(port=port, protocol=request.param) as made:
        await made.flushall()
        yield made


def hundred_megabytes() -> bytes:
    page = os.urandom(1 << 16)
    return b"".join(number.to_bytes(4, "little") + page[4:] for number in range(HUNDRED_MEGABYTES >> 16))


def test_protocol(client):
    info = client.client_info()
    assert int(info["resp"]) == client.expected_protocol


def test_hello(client):
    reply = client.execute_command("HELLO", client.expected_protocol)
    fields = reply if isinstance(reply, dict) else dict(zip(reply[::2], reply[1::2]))
    assert fields[b"proto"] == client.expected_protocol
    assert fields[b"role"] == b"master"
    with pytest.raises(redis.ResponseError, match="unsupported protocol version"):
        client.execute_command("HELLO", 9)


def test_set_and_get(client):
    assert client.set("greeting", "grüß dich") is True
    assert client.get("greeting").decode() == "grüß dich"
    assert client.set("greeting", "no", nx=True) is None
    assert client.set("greeting", "new", get=True).decode() == "grüß dich"
    assert client.mget("greeting", "nothing") == [b"new", None]
    assert client.delete("greeting", "nothing") == 1
    assert client.get("greeting") is None


def test_counting_and_errors(client):
    assert client.incrby("n", 42) == 42
    assert client.incrbyfloat("n", 0.5) == 42.5
    with pytest.raises(redis.ResponseError, match="value is not an integer or out of range"):
        client.incr("n")


def test_expiry(client):
    client.set("short", "x", px=60)
    client.set("long", "x", ex=100)
    assert client.ttl("long") == 100
    time.sleep(0.09)
    assert client.get("short") is None
    assert client.exists("short", "long") == 1
    assert client.persist("long") is True
    assert client.ttl("long") == -1


def test_pipeline(client):
    pipeline = client.pipeline(transaction=False)
    for n in range(5_000):
        pipeline.set(f"key:{n}", n).get(f"key:{n}")
    replies = pipeline.execute()
    assert replies[0::2] == [True] * 5_000
    assert replies[1::2] == [b"%d" % n for n in range(5_000)]


def test_transaction(client, port):
    assert client.pipeline().set("a", 1).incr("a").get("a").execute() == [True, 2, b"2"]
    with redis.Redis(port=port) as other, client.pipeline() as pipeline:
        pipeline.watch("a")
        other.set("a", "changed")
        pipeline.multi()
        pipeline.set("a", "lost")
        with pytest.raises(redis.WatchError):
            pipeline.execute()
    assert client.get("a") == b"changed"


def test_scan(client):
    for start in range(0, SCAN_KEYS, 1000):
        client.mset({f"scan:{n}": n for n in range(start, start + 1000)})
    assert len(set(client.scan_iter(match="scan:*", count=1000))) == SCAN_KEYS
    assert client.dbsize() == SCAN_KEYS


def test_binary(client):
    value = hundred_megabytes()
    key = b"\x00\xff\r\n"
    client.set(key, value)
    assert client.get(key) == value
    assert client.strlen(key) == len(value)


async def test_async_commands(async_client):
    assert await async_client.set("greeting", "hello", px=60) is True
    assert await async_client.get("greeting") == b"hello"
    await asyncio.sleep(0.09)
    assert await async_client.get("greeting") is None


async def test_async_concurrency(async_client):
    replies = await asyncio.gather(*(async_client.incr("n") for _ in range(80)))
    assert sorted(replies) == list(range(1, 81))


async def test_async_pipeline_and_scan(async_client):
    async with async_client.pipeline(transaction=True) as pipeline:
        for n in range(2_000):
            pipeline.set(f"scan:{n}", n)
        assert await pipeline.execute() == [True] * 2_000
    assert len({key async for key in async_client.scan_iter(match="scan:*")}) == 2_000


async def test_async_binary(async_client):
    value = hundred_megabytes()
    await async_client.set("binary", value)
    assert await async_client.get("binary") == value
