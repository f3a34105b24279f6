"""An encrypted connection that fails is said to be that, and certificates of one's own are trusted on loopback too."""

from __future__ import annotations

import http.server
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from toolkit.errors import InvalidConfig, RemoteError
from toolkit.labelstudio import Server

TOKEN = "0" * 40


class _Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the name that the library calls
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"release": "1.23.2"}')

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate")
    path = tmp_path / "own.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    files = ["-keyout", str(path.with_suffix(".key")), "-out", str(path)]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run([*made, *names, *files], check=True, capture_output=True)
    return path


@pytest.fixture
def port(certificate: Path) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_a_certificate_that_is_not_trusted_is_called_so(
    port: int, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    untrusted = pytest.raises(RemoteError, match=r"certificate is not trusted.*SSL_CERT_FILE")
    with Server(f"https://localhost:{port}", TOKEN) as server, untrusted:
        server.version()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with Server(f"https://localhost:{port}", TOKEN) as server:
        assert server.version() == "1.23.2"
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".no")))
    with pytest.raises(InvalidConfig, match="can't be read as certificates"):
        Server(f"https://localhost:{port}", TOKEN)


def test_tls_to_a_port_without_it_is_called_so() -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        plain = pytest.raises(RemoteError, match="does not speak TLS")
        with Server(f"https://127.0.0.1:{server.server_address[1]}", TOKEN) as client, plain:
            client.version()
    finally:
        server.shutdown()
        server.server_close()
