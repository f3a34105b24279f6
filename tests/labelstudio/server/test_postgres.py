"""Label Studio on PostgreSQL: addresses, faults and, where a database is named, the real thing.

TOOLKIT_POSTGRES_URL=postgresql://… names an empty database for the last test; Label Studio's tables take it a minute or
two.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from toolkit.errors import RemoteError, UsageError
from toolkit.labelstudio import Server
from toolkit.labelstudio.pull.stage import pull
from toolkit.labelstudio.push.stage import push
from toolkit.labelstudio.server import embedded
from toolkit.labelstudio.server.install import installed
from toolkit.labelstudio.server.postgres import Postgres
from toolkit.project import Workspace

REAL = os.environ.get("TOOLKIT_POSTGRES_URL")


@pytest.mark.parametrize(
    "url",
    [
        "mysql://me@host/name",
        "postgresql:///name",
        "postgresql://host",
        "postgresql://me:hush@host:port/name",
        "postgresql://me:hush@host/name?charset=utf8",
    ],
)
def test_what_is_no_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(UsageError, match="not a PostgreSQL address") as refused:
        Postgres.parse(url)
    assert "hush" not in str(refused.value)


def test_an_address_is_taken_apart() -> None:
    found = Postgres.parse("postgresql://me:p%40ss@db.example.org:5433/labels?sslmode=require")
    assert found.environment() == {
        "DJANGO_DB": "default",
        "POSTGRE_USER": "me",
        "POSTGRE_PASSWORD": "p@ss",
        "POSTGRE_HOST": "db.example.org",
        "POSTGRE_PORT": "5433",
        "POSTGRE_NAME": "labels",
        "PGSSLMODE": "require",
    }
    assert "p@ss" not in repr(found)


@pytest.mark.studio
def test_a_database_that_is_down_is_told_before_anything_starts(studio_home: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:  # bound, but nobody listens
        taken.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{taken.getsockname()[1]}/labels"
        with pytest.raises(RemoteError, match="PostgreSQL can't be used") as fault:
            embedded.start(home=studio_home, data=tmp_path / "data", database_url=f"postgresql://me:hush-hush@{place}")
    assert place in str(fault.value)
    assert "hush-hush" not in str(fault.value)
    assert "\n" not in str(fault.value)
    assert not (tmp_path / "data").exists()


@pytest.mark.studio
@pytest.mark.slow
@pytest.mark.skipif(REAL is None, reason="TOOLKIT_POSTGRES_URL names no empty PostgreSQL database to prove this on")
def test_a_real_database_carries_push_and_pull_over_a_restart(
    studio_home: Path, tmp_path: Path, make_project: Callable[..., Workspace]
) -> None:
    data = tmp_path / "data"
    try:
        first = embedded.start(home=studio_home, data=data, database_url=REAL)
        assert first.password
        assert first.token
        workspace = make_project(["The ferry left.\nIt came back."])
        with Server(first.url, first.token) as server:
            push(workspace, server=server)
            assert pull(workspace, server=server).counts == {}
        assert embedded.stop(data=data)
        again = embedded.start(
            home=studio_home, data=tmp_path / "another", database_url=REAL
        )  # the user is in the database
        assert (again.password, again.token) == (None, first.token)
        with Server(again.url, first.token) as server:
            assert push(workspace, server=server).up_to_date
            assert pull(workspace, server=server).up_to_date
    finally:
        embedded.stop(data=data)
        embedded.stop(data=tmp_path / "another")
    database = Postgres.parse(str(REAL))
    assert database.reset_password(installed(studio_home), embedded.EMAIL) != first.password
    assert not [
        path for path in tmp_path.rglob("*") if path.is_file() and database.password.encode() in path.read_bytes()
    ]
