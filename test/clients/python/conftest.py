"""The built server for tests with redis-py: one process a test session, on a free port.

HEMATITE_SERVER: another command that starts a server, such as ``redis-server``, to try the tests themselves.
"""

import contextlib
import os
import shlex
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

import pytest

ENTRY = Path(__file__).parents[3] / "dist" / "cli" / "hematite.js"
READY_SECONDS_MAX = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serve(*options: str):
    """A server with further options; the port on which it accepts connections."""
    chosen = free_port()
    command = shlex.split(os.environ.get("HEMATITE_SERVER", f"node {ENTRY}"))
    with tempfile.TemporaryDirectory(prefix="hematite-clients-") as directory:
        arguments = ["--port", str(chosen), "--save", "", "--dir", directory, *options]
        server = subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True)
        watchdog = threading.Timer(READY_SECONDS_MAX, server.kill)
        watchdog.start()
        for line in server.stdout:
            if "Ready to accept connections" in line:
                break
        else:
            pytest.fail(f"{command} ended with {server.wait()} before it was ready")
        watchdog.cancel()
        # Nobody reads what it prints from here on; a full pipe must not stop it.
        threading.Thread(target=server.stdout.read, daemon=True).start()
        yield chosen
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            pytest.fail("the server did not end on SIGTERM")


@pytest.fixture(scope="session")
def port():
    """The port of a server that accepts connections."""
    with serve() as chosen:
        yield chosen
