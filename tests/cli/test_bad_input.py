"""Bad input: one sentence with place and remedy, the exit code of its kind, nothing half-written."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from toolkit.cli import main
from toolkit.labelstudio.server.embedded import Studio

pytestmark = pytest.mark.slow


class Shell:
    """Runs `toolkit …` in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *arguments: object) -> tuple[int, str, str]:
        """Return (exit code, stdout, stderr)."""
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        captured = self.capsys.readouterr()
        code = left.value.code
        return (code if isinstance(code, int) else 0, captured.out, captured.err)


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capsys)


@pytest.fixture
def project(tmp_path: Path, shell: Shell) -> Path:
    assert shell("init", tmp_path / "project", "--schema", "claims")[0] == 0
    return tmp_path / "project"


def everything_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "lock"
    }


@pytest.mark.parametrize(
    "command",
    [
        ["ingest"],
        ["segment"],
        ["push"],
        ["pull"],
        ["status"],
        ["agreement"],
        ["adjudicate"],
        ["build", "1.0.0"],
        ["verify"],
    ],
)
def test_no_project(shell: Shell, tmp_path: Path, command: list[str]) -> None:
    code, out, err = shell(*command, "--project", tmp_path)
    assert code == 3
    assert out == ""
    assert err == (f"error: {tmp_path}: there is no toolkit.yaml here; make a project with `toolkit init DIR`\n")


def test_malformed_settings_are_all_named(shell: Shell, project: Path) -> None:
    path = project / "toolkit.yaml"
    path.write_text("schema: claims\nlabel_studoi: {}\nengine: [1]\n")
    code, _, err = shell("ingest", "--project", project)
    assert code == 3
    assert err.splitlines() == [
        f"error: {path}:2:1: unknown key 'label_studoi'; did you mean 'label_studio'? @ label_studoi",
        f"error: {path}:3:1: Input should be a valid string @ engine",
    ]


def test_malformed_settings_are_not_passed_over(
    shell: Shell, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "toolkit.yaml").write_text("hub: {endpoint: [https://hub.example]}\n")
    monkeypatch.chdir(project)
    code, _, err = shell("predict", "a", "--model", "hub:owner/name@v1.0.0")
    assert (code, "toolkit.yaml:1:" in err) == (3, True), err


def test_the_project_that_is_named_is_the_one(shell: Shell, project: Path) -> None:
    (project / "inner").mkdir()
    for name in ("inner", "nowhere", "toolkit.yaml"):
        code, _, err = shell("segment", "--project", project / name)
        assert (code, err.count("there is no toolkit.yaml here")) == (3, 1), err


def test_what_is_no_mapping_is_no_settings(shell: Shell, project: Path) -> None:
    (project / "toolkit.yaml").write_text("- a\n")
    code, _, err = shell("segment", "--project", project)
    assert (code, "is not a mapping of keys" in err) == (3, True), err


def test_a_release_that_is_nowhere_is_named(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = shell("train", "my-release")
    assert (code, err.startswith("error: my-release: there is no such directory")) == (3, True), err


def test_a_page_whose_name_is_no_utf8_is_named(shell: Shell, project: Path) -> None:
    name = os.fsencode(project / "pages") + b"/a\xff.txt"
    with open(name, "wb") as file:
        file.write(b"Title\n\nThe bridge is shut.\n")
    code, _, err = shell("ingest", "--project", project)
    assert (code, "a\\udcff.txt: its name is not UTF-8; rename it" in err) == (3, True), err


def test_output_is_utf8_in_every_locale(project: Path) -> None:
    (project / "toolkit.yaml").write_text('schema: claims\nrelease: {title: "Döbeln 北"}\n', encoding="utf-8")
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-m", "toolkit"], cwd=project, env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "Döbeln 北" in done.stdout.decode()


def test_a_model_takes_the_place_of_nothing_else(shell: Shell, project: Path) -> None:
    rows = [f'{{"text": "row {number}", "label": "{"ab"[number % 2]}"}}' for number in range(20)]
    (project / "train.jsonl").write_text("\n".join(rows))
    train = ("train", "--train", project / "train.jsonl", "--baseline", "majority", "-o")
    before = everything_in(project)
    for target in (project, project / "train.jsonl"):
        code, _, err = shell(*train, target)
        assert (code, "is there already, and is not a model; name another directory" in err) == (2, True), err
    assert everything_in(project) == before
    for _ in range(2):
        assert shell(*train, project / "model")[0] == 0


def test_a_file_that_is_a_directory_is_named(shell: Shell, project: Path) -> None:
    code, _, err = shell("schema", "render", "claims", "-o", project / "pages")
    assert (code, err) == (1, f"error: {project / 'pages'}: can't be written: is a directory; name another place\n")


def test_no_pages(shell: Shell, project: Path) -> None:
    code, _, err = shell("ingest", "--project", project)
    assert code == 3
    assert err == f"error: {project}/pages: there are no pages; copy raw pages into it\n"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("photo.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256))),
        ("empty.txt", b""),
        ("cut.txt.gz", gzip.compress(b"A page." * 99, mtime=0)[:-9]),
    ],
)
def test_a_page_that_is_no_text(shell: Shell, project: Path, name: str, data: bytes) -> None:
    (project / "pages" / "good.txt").write_text(
        "A title\nThe port was shut on Monday, officials said. It opened later.\n"
    )
    (project / "pages" / name).write_bytes(data)
    before = everything_in(project)
    code, out, err = shell("ingest", "--project", project, "--strict")
    assert (code, out) == (3, "")
    assert name in err
    assert err.count("\n") == 1
    assert everything_in(project) == before
    code, out, err = shell("ingest", "--project", project)
    assert (code, "1 article " in out, f"error: {name}: " in err) == (6, True, True)


def test_unreadable_pages_can_be_put_aside(shell: Shell, project: Path) -> None:
    (project / "pages" / "good.txt").write_text(
        "A title\nThe port was shut on Monday, officials said. It opened later.\n"
    )
    (project / "pages" / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)))
    code, out, _ = shell("ingest", "--skip-unreadable", "--project", project)
    assert code == 0
    assert "1 article " in out
    assert '"reason":"unreadable","source":"photo.jpg"' in (project / "rejects.jsonl").read_text()


@pytest.mark.parametrize(
    ("command", "missing", "remedy"),
    [
        (["segment"], "articles.parquet", "toolkit ingest"),
        (["agreement"], "annotations/log.jsonl", "toolkit pull"),
        (["adjudicate"], "annotations/log.jsonl", "toolkit pull"),
        (["build", "1.0.0"], "articles.parquet", "toolkit ingest"),
    ],
)
def test_a_stage_too_early(shell: Shell, project: Path, command: list[str], missing: str, remedy: str) -> None:
    code, _, err = shell(*command, "--project", project)
    assert code == 3
    assert str(project / missing) in err
    assert f"run `{remedy}`" in err


def test_unreachable_server(shell: Shell, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(shell, project)
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "0" * 40)
    code, _, err = shell("push", "--project", project)
    assert code == 5
    assert "127.0.0.1:9" in err
    assert "0" * 40 not in err


def test_no_token(shell: Shell, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(shell, project)
    monkeypatch.setenv("LABEL_STUDIO_URL", "http://127.0.0.1:9")
    monkeypatch.delenv("LABEL_STUDIO_API_KEY", raising=False)
    code, _, err = shell("push", "--project", project)
    assert code in (3, 5)
    assert "LABEL_STUDIO_API_KEY" in err


@pytest.mark.studio
def test_a_wrong_token(shell: Shell, project: Path, studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    ready(shell, project)
    monkeypatch.setenv("LABEL_STUDIO_URL", studio.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", "0" * 40)
    before = everything_in(project)
    code, out, err = shell("push", "--project", project)
    assert (code, out) == (5, "")
    assert "LABEL_STUDIO_API_KEY" in err
    assert "0" * 40 not in err
    assert everything_in(project) == before


def test_a_second_project_at_the_same_place(shell: Shell, project: Path) -> None:
    code, _, err = shell("init", project)
    assert code == 2
    assert "there is a project already" in err


def test_an_unknown_command_and_an_unknown_schema(shell: Shell, tmp_path: Path) -> None:
    assert shell("ingets")[0] == 2
    code, _, err = shell("init", tmp_path / "new", "--schema", "clams")
    assert code == 2
    assert "did you mean 'claims'?" in err
    assert not (tmp_path / "new").exists()


def test_a_title_that_label_studio_refuses_leaves_nothing_behind(shell: Shell, tmp_path: Path) -> None:
    code, _, err = shell("init", tmp_path / "new", "--title", "P2")
    assert code == 3
    assert "at least 3 characters @ label_studio.project" in err
    assert not (tmp_path / "new").exists()


def test_a_full_disk(shell: Shell, tmp_path: Path) -> None:
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(tmp_path)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"LOUD: the full disk was NOT tested, a tmpfs can't be mounted here: {mounted.stderr.strip()}")
    try:
        project = tmp_path / "project"
        shell("init", project)
        story = "Ministers met in the capital on Monday.\n" + "".join(
            f"Sentence {os.urandom(40).hex()} of the text was read aloud.\n" for _ in range(1_500)
        )
        (project / "pages" / "long.txt").write_text(story)
        before = everything_in(project)
        code, out, err = shell("ingest", "--project", project)
        assert (code, out) == (1, "")
        assert "the disk is full; nothing was changed; free some space" in err
        assert everything_in(project) == before
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)


def ready(shell: Shell, project: Path) -> None:
    """Bring a project to the point where it can be pushed."""
    (project / "pages" / "a.txt").write_text("A title\nThe port was shut on Monday, officials said. It opened later.\n")
    assert shell("ingest", "--project", project)[0] == 0
    assert shell("segment", "--project", project)[0] == 0


def test_a_page_from_stdin_never_overwrites_one(shell: Shell, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def piped(name: str, text: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        return shell("ingest", "--stdin", name, "--project", project)

    story = "A title\nThe port was shut on Monday, officials said. It opened later.\n"
    assert piped("a.txt", story)[0] == 0
    assert "up to date" in piped("a.txt", story)[1]
    code, _, err = piped("a.txt", story + "More.\n")
    assert code == 2
    assert "pages are never rewritten" in err
    assert (project / "pages" / "a.txt").read_text() == story
    code, _, err = piped("../a.txt", story)
    assert code == 2
    assert "leads out of pages/" in err
    code, _, err = piped("b.txt", "")
    assert code == 2
    assert "nothing came in for 'b.txt'" in err
    assert [path.name for path in (project / "pages").iterdir()] == ["a.txt"]


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.jsonl.gz"])
@pytest.mark.parametrize(("before", "line"), [("", 1), ('{"text": "The port was shut."}\n\r\n', 3)])
def test_a_row_that_cannot_be_read_is_named_by_its_line(
    shell: Shell, project: Path, name: str, before: str, line: int
) -> None:
    rows = f'{before}{{"text": "The port\n{{"text": "It opened later."}}\n'.encode()
    (project / "pages" / name).write_bytes(gzip.compress(rows, mtime=0) if name.endswith(".gz") else rows)
    code, _, err = shell("ingest", "--project", project, "--strict")
    assert code == 3
    assert err.startswith(f"error: {name}:{line}: not a JSON object")
    code, out, err = shell("ingest", "--project", project)
    assert (code, f"error: {name}:{line}: not a JSON object" in err, "1 unreadable" in out) == (6, True, True)
    code, _, err = shell("ingest", "--project", project, "--skip-unreadable")
    assert (code, f"unreadable  {name}:{line}: not a JSON object" in err) == (0, True)


def test_what_every_row_of_a_table_lacks_is_said_once(shell: Shell, project: Path) -> None:
    pq.write_table(pa.table({"memo": ["The port was shut on Monday."] * 99}), project / "pages" / "rows.parquet")
    code, _, err = shell("ingest", "--project", project)
    assert code == 3
    assert err == (
        "error: rows.parquet (99 of its pages): no column holds the text; there are memo; name it with `toolkit "
        "ingest --column text=NAME`, or in `ingest.columns` of toolkit.yaml, or leave such pages out with `toolkit "
        "ingest --skip-unreadable`\n"
    )
    code, out, _ = shell("ingest", "--skip-unreadable", "--column", "text=memo", "--project", project)
    assert (code, "98 exact copies" in out) == (0, True)
