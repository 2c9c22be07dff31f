"""Django's cache back end."""

import asyncio
import time

import pytest


@pytest.fixture(scope="module")
def cache(port):
    import django
    from django.conf import settings

    backend = "django.core.cache.backends.redis.RedisCache"
    url = f"redis://127.0.0.1:{port}/5"
    settings.configure(
        CACHES={
            "default": {"BACKEND": backend, "LOCATION": url},
            "prefixed": {"BACKEND": backend, "LOCATION": url, "KEY_PREFIX": "site", "VERSION": 2, "TIMEOUT": 60},
        },
        SESSION_ENGINE="django.contrib.sessions.backends.cache",
        SECRET_KEY="a secret",
        USE_TZ=True,
    )
    django.setup()
    from django.core.cache import caches

    caches["default"].clear()
    return caches


def test_values(cache):
    default = cache["default"]
    assert default.add("k", {"a": [1, 2]}) is True
    assert default.add("k", "no") is False
    assert default.get("k") == {"a": [1, 2]}
    assert default.get("nothing", "default") == "default"
    assert default.set_many({f"n{n}": n for n in range(100)}) == []
    assert default.get_many(["n1", "n99", "nothing"]) == {"n1": 1, "n99": 99}
    assert default.incr("n1", 41) == 42
    assert default.decr("n1") == 41
    with pytest.raises(ValueError):
        default.incr("nothing")
    assert default.get_or_set("computed", lambda: 7) == 7
    assert default.has_key("computed")
    assert default.delete_many(["n1", "n2"]) is None
    assert default.delete("n1") is False


def test_expiry_versions_and_prefixes(cache):
    default, prefixed = cache["default"], cache["prefixed"]
    default.set("brief", "v", timeout=1)
    default.set("gone", "v", timeout=0)
    assert default.get("gone") is None
    assert default.touch("brief", 100) and not default.touch("gone", 100)
    time.sleep(1.1)
    assert default.get("brief") == "v"
    prefixed.set("k", "theirs")
    assert default.get("k") == {"a": [1, 2]}
    assert prefixed.get("k", version=1) is None
    assert prefixed.incr_version("k") == 3
    assert prefixed.get("k", version=3) == "theirs"
    default.clear()
    assert prefixed.get("k", version=3) is None


def test_asynchronous_use_and_sessions(cache):
    async def both():
        await asyncio.gather(*(cache["default"].aset(f"async{n}", n) for n in range(20)))
        return await cache["default"].aget_many([f"async{n}" for n in range(20)])

    assert asyncio.run(both()) == {f"async{n}": n for n in range(20)}
    from django.contrib.sessions.backends.cache import SessionStore

    session = SessionStore()
    session["user"] = "ada"
    session.save()
    assert SessionStore(session.session_key)["user"] == "ada"
    session.flush()
    assert "user" not in SessionStore(session.session_key)
