"""Fetching from an address that a user named, against a real server on loopback."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from kb.errors import BadImport
from kb.imports.fetching import fetch, probe_address
from kb.imports.limits import Limits

release = Event()


class Agent(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        match self.path:
            case "/probe":
                self.answer(200, b"<MTConnectDevices/>")
            case "/moved":
                self.answer(302, b"", Location="/probe")
            case "/to-file":
                self.answer(302, b"", Location="file:///etc/hostname")
            case "/loop":
                self.answer(302, b"", Location="/loop")
            case "/big":
                self.answer(200, b"x" * 5000)
            case "/endless":
                self.send_response(200)
                self.end_headers()
                try:
                    for _ in range(200):
                        self.wfile.write(b"x" * 1000)
                except OSError:
                    return
            case "/silent":
                release.wait(10)
            case _:
                self.answer(404, b"no")

    def answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on the terminal."""


@pytest.fixture(scope="module")
def agent() -> Iterator[str]:
    release.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Agent)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    release.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("path", ["/probe", "/moved"])
def test_a_document_arrives_also_by_a_redirect(agent: str, tmp_path: Path, path: str) -> None:
    fetch(agent + path, tmp_path / "probe.xml")
    assert (tmp_path / "probe.xml").read_text() == "<MTConnectDevices/>"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/to-file", "scheme 'file'"),
        ("/loop", "redirects more than 5 times"),
        ("/big", "has 5,000 bytes; at most 2,000"),
        ("/endless", "sends more than 2,000 bytes"),
        ("/missing", "answers with status 404"),
    ],
)
def test_what_an_agent_may_not_do(agent: str, tmp_path: Path, path: str, message: str) -> None:
    with pytest.raises(BadImport, match=message):
        fetch(agent + path, tmp_path / "probe.xml", limits=Limits(file_bytes=2000))


def test_a_silent_agent_is_given_up(agent: str, tmp_path: Path) -> None:
    with pytest.raises(BadImport, match=r"did not answer within 0.3 s"):
        fetch(agent + "/silent", tmp_path / "probe.xml", seconds=0.3)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("ftp://agent/probe", "scheme 'ftp'"),
        ("file:///etc/passwd", "scheme 'file'"),
        ("agent:5000", "scheme"),
        ("http://", "names no host"),
        ("http://user:secret@agent/", "carries a password"),
        ("http://agent:99999/", "is no address"),
        ("http://[::1/", "is no address"),
    ],
)
def test_an_address_that_is_refused(address: str, message: str) -> None:
    with pytest.raises(BadImport, match=message):
        probe_address(address)


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("http://agent:5000", "http://agent:5000/probe"),
        ("http://agent:5000/", "http://agent:5000/probe"),
        ("https://agent/VMC-1/probe", "https://agent/VMC-1/probe"),
        ("http://host/files/devices.xml", "http://host/files/devices.xml"),
    ],
)
def test_the_probe_is_asked_for(given: str, asked: str) -> None:
    assert probe_address(given) == asked
