"""redis-py over TLS: a certificate that names the user, another authority, nobody without a certificate."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
import redis
import redis.asyncio

from conftest import free_port, serve

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


def authority(folder: Path, name: str):
    cert, key = folder / f"{name}.crt", folder / f"{name}.key"
    openssl("req", "-x509", *KEY, "-keyout", key, "-out", cert, "-days", 2, "-subj", f"/CN={name}")
    return cert, key


def issue(folder: Path, by, name: str, use: str):
    cert, key, request, extensions = (folder / f"{name}.{suffix}" for suffix in ("crt", "key", "csr", "ext"))
    openssl("req", *KEY, "-keyout", key, "-out", request, "-subj", f"/CN={name}")
    extensions.write_text(f"basicConstraints=CA:FALSE\nextendedKeyUsage={use}\nsubjectAltName=DNS:localhost\n")
    openssl(
        *["x509", "-req", "-in", request, "-CA", by[0], "-CAkey", by[1], "-CAcreateserial"],
        *["-out", cert, "-days", 2, "-extfile", extensions],
    )
    return cert, key


@pytest.fixture(scope="module")
def secured():
    """Options of a client with a certificate, and the folder with a foreign authority."""
    with tempfile.TemporaryDirectory(prefix="hematite-tls-") as name:
        folder, port = Path(name), free_port()
        by = authority(folder, "authority")
        authority(folder, "stranger")
        own, client = issue(folder, by, "localhost", "serverAuth"), issue(folder, by, "app", "clientAuth")
        arguments = [
            *["--tls-port", str(port), "--tls-cert-file", own[0], "--tls-key-file", own[1]],
            *["--tls-ca-cert-file", by[0], "--tls-auth-clients-user", "CN", "--user", "app", "on", "+@all", "~app:*"],
        ]
        with serve(*map(str, arguments)):
            yield (
                {
                    "host": "localhost",
                    "port": port,
                    "ssl": True,
                    "ssl_ca_certs": str(by[0]),
                    "ssl_certfile": str(client[0]),
                    "ssl_keyfile": str(client[1]),
                },
                folder,
            )


@pytest.mark.parametrize("protocol", [2, 3])
def test_a_certificate_names_the_user(secured, protocol):
    with redis.Redis(**secured[0], protocol=protocol) as client:
        assert client.acl_whoami() in ("app", b"app")
        client.set("app:k", b"x" * 1_000_000)
        assert client.strlen("app:k") == 1_000_000
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.get("other")


async def test_asyncio(secured):
    async with redis.asyncio.Redis(**secured[0]) as client:
        assert await client.set("app:a", 1)
        assert await client.get("app:a") == b"1"


def test_another_authority_is_refused_by_the_client(secured):
    options, folder = secured
    with redis.Redis(**{**options, "ssl_ca_certs": str(folder / "stranger.crt")}) as client:
        with pytest.raises(redis.exceptions.ConnectionError):
            client.ping()


def test_nobody_without_a_certificate(secured):
    options = {name: value for name, value in secured[0].items() if name not in ("ssl_certfile", "ssl_keyfile")}
    with redis.Redis(**options) as client:
        with pytest.raises((redis.exceptions.ConnectionError, OSError)):
            client.ping()
