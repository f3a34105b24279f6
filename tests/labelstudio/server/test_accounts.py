"""The user of an embedded server: a new password opens the login page of the running server, the old one does not."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from toolkit.errors import InvalidInput
from toolkit.labelstudio.server.accounts import reset, token_of
from toolkit.labelstudio.server.embedded import Studio
from toolkit.labelstudio.server.install import DATABASE


def logs_in(studio: Studio, password: str) -> bool:
    with httpx.Client(base_url=studio.url, timeout=60, follow_redirects=False, trust_env=False) as browser:
        page = browser.get("/user/login").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        form = {"email": studio.email, "password": password, "csrfmiddlewaretoken": token[1]}
        answer = browser.post("/user/login", data=form, headers={"Referer": studio.url})
        return answer.status_code == 302


@pytest.fixture
def kept(studio: Studio) -> Iterator[Studio]:
    """The session's server, which has its first password again afterwards."""
    with closing(sqlite3.connect(studio.data / DATABASE, timeout=60)) as database, database:
        first = database.execute("SELECT password, email FROM htx_user WHERE email = ?", (studio.email,)).fetchone()
        yield studio
        database.execute("UPDATE htx_user SET password = ? WHERE email = ?", first)


@pytest.mark.studio
def test_the_new_password_opens(kept: Studio) -> None:
    studio = kept
    password = reset(studio.data / DATABASE, studio.email)
    assert logs_in(studio, password)
    assert not logs_in(studio, password + "x")
    assert reset(studio.data / DATABASE, studio.email) != password
    assert not logs_in(studio, password)


def test_a_damaged_database_is_named(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_text("scribbled over")
    with pytest.raises(InvalidInput, match="not a database of Label Studio"):
        token_of(tmp_path / DATABASE, "ada@example.org")


def test_nobody_to_reset(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="there is no user ada"):
        reset(tmp_path / DATABASE, "ada@example.org")
