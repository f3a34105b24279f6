"""Tokens, refusals and lists, against a real server."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress

import httpx
import pytest

from tests.labelstudio.proxy import proxied
from toolkit.errors import AccessDenied, InvalidConfig, RemoteError
from toolkit.labelstudio import Server
from toolkit.labelstudio.client.failures import NotThere, Unanswered
from toolkit.labelstudio.server.embedded import Studio

pytestmark = pytest.mark.studio


@pytest.fixture(scope="module")
def personal_token(studio: Studio) -> str:
    """A personal access token of the server's own user, made as its page makes one."""
    field = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
    with httpx.Client(base_url=studio.url, trust_env=False, follow_redirects=True, timeout=60) as browser:
        found = field.search(browser.get("/user/login").text)
        assert found is not None
        form = {"email": studio.email, "password": str(studio.password), "csrfmiddlewaretoken": found[1]}
        browser.post("/user/login", data=form, headers={"Referer": studio.url}).raise_for_status()
        headers = {"X-CSRFToken": str(browser.cookies["csrftoken"]), "Referer": studio.url}
        made = browser.post("/api/token/", headers=headers)
        made.raise_for_status()
        return str(made.json()["token"])


def test_both_kinds_of_token_open_the_server(studio: Studio, personal_token: str) -> None:
    for token in (str(studio.token), personal_token):
        with Server(studio.url, token) as server:
            assert studio.email in server.users().values()
            assert server.version() == studio.version


def test_an_access_token_that_has_ended_is_renewed(studio: Studio, personal_token: str) -> None:
    with proxied(studio.url, on="/api/users", method="GET") as proxy, Server(proxy.url, personal_token) as server:
        server.users()
        proxy.faults = ["401-before"]
        assert server.users()
        assert proxy.seen.count("POST /api/token/refresh/") == 2


@pytest.mark.parametrize("kind", ["legacy", "personal"])
def test_a_refused_token_is_explained_and_not_repeated(studio: Studio, personal_token: str, kind: str) -> None:
    token = "0" * 40 if kind == "legacy" else personal_token[:-6] + "AAAAAA"
    with Server(studio.url, token, variable="MY_TOKEN") as server, pytest.raises(AccessDenied) as caught:
        server.users()
    assert "MY_TOKEN" in str(caught.value)
    assert token not in str(caught.value)


def test_what_is_no_token_is_told_before_anything_is_sent() -> None:
    with pytest.raises(InvalidConfig, match="MY_TOKEN: its 5 characters are neither"):
        Server("http://127.0.0.1:9", "hello", variable="MY_TOKEN")


def test_an_access_token_is_told_from_the_one_that_it_was_exchanged_for(studio: Studio, personal_token: str) -> None:
    exchanged = httpx.post(f"{studio.url}/api/token/refresh/", json={"refresh": personal_token}, trust_env=False)
    with pytest.raises(InvalidConfig, match="lives five minutes; copy the personal access token itself"):
        Server(studio.url, exchanged.json()["access"])


@pytest.mark.parametrize("url", ["", "ftp://example.org", "http://me:secret@example.org"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidConfig) as caught:
        Server(url, "0" * 40)
    assert "secret" not in str(caught.value)


def test_reading_is_tried_again_and_writing_is_not(studio: Studio) -> None:
    with (
        proxied(studio.url, on="/api/projects") as proxy,
        Server(proxy.url, str(studio.token), sleep=lambda seconds: None) as server,
    ):
        proxy.faults = ["502-before"]
        with pytest.raises(Unanswered, match="502"):
            server.post("/api/projects/", {"title": "never made"})
        assert [request for request in proxy.seen if request.startswith("POST")] == ["POST /api/projects/"]


def test_what_is_not_there_says_where(server: Server) -> None:
    with pytest.raises(NotThere, match="/api/projects/99999"):
        server.get("/api/projects/99999/")


def test_a_list_is_whole_whatever_the_page_size(server: Server) -> None:
    page = '<View><Text name="text" value="$text"/></View>'
    project = server.post("/api/projects/", {"title": "lists", "label_config": page})["id"]
    server.post(f"/api/projects/{project}/import", [{"data": {"text": str(number)}} for number in range(7)])
    for size in (1, 3, 7, 100):
        found = [task["data"]["text"] for task in server.tasks(project, include="id,data", page_size=size)]
        assert found == list("0123456")


def test_an_unreachable_server_is_one_sentence() -> None:
    with Server("http://127.0.0.1:9", "0" * 40) as server, pytest.raises(RemoteError) as caught:
        server.users()
    assert caught.value.remedy is not None
    assert "toolkit studio start" in caught.value.remedy


@pytest.mark.parametrize("status", [400, 403, 404, 418, 500])
def test_a_token_that_a_server_repeats_is_in_no_message(status: int) -> None:
    token = "c0ffee" * 6 + "abcd"
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            with suppress(OSError):
                while True:
                    wire, _ = listening.accept()
                    with wire:
                        wire.recv(65_536)
                        body = f'{{"detail": "Token {token} is wrong"}}'
                        head = f"HTTP/1.1 {status} No\r\nContent-Type: application/json\r\nConnection: close\r\n"
                        wire.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())

        threading.Thread(target=answer, daemon=True).start()
        with (
            pytest.raises(RemoteError, match="Token … is wrong") as told,
            Server(f"http://127.0.0.1:{listening.getsockname()[1]}", token, sleep=lambda seconds: None) as server,
        ):
            server.post("/api/projects/", {})
        listening.shutdown(socket.SHUT_RDWR)
    assert token not in str(told.value)
