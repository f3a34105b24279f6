"""Whatever reading a foreign thing raises becomes a reject or one error with its place, and the rest goes on.

Each test is a border: one thing of several is spoilt by an exception from within its reader, of fifteen kinds.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pyarrow as pa
import pytest
from builders import sentence

from toolkit.cli import input as lines_of_input
from toolkit.errors import InvalidInput, RemoteError, ToolkitError
from toolkit.ingest import extract
from toolkit.ingest import extraction as ingest_extraction
from toolkit.ingest.exports import mail
from toolkit.ingest.formats import container
from toolkit.ingest.formats.raw_page import RawPage, page_table
from toolkit.ingest.page_chunks import read_pages
from toolkit.labelstudio import Server
from toolkit.labelstudio.pull import export_reader, parse
from toolkit.project import AppendLog, sentence_filter
from toolkit.project.logs import append_log
from toolkit.records import Page, Suggestion, content_id
from toolkit.release import manifest
from toolkit.release.reader import Release
from toolkit.schema import load, yaml_document
from toolkit.suggest import chat_client, model_answer, suggestion_file

KINDS: Mapping[str, Callable[[], Exception]] = {
    "ValueError": lambda: ValueError("of a library"),
    "KeyError": lambda: KeyError("of a library"),
    "IndexError": lambda: IndexError("of a library"),
    "TypeError": lambda: TypeError("of a library"),
    "AttributeError": lambda: AttributeError("of a library"),
    "AssertionError": lambda: AssertionError("of a library"),
    "RuntimeError": lambda: RuntimeError("of a library"),
    "RecursionError": lambda: RecursionError("of a library"),
    "MemoryError": lambda: MemoryError("of a library"),
    "OverflowError": lambda: OverflowError("of a library"),
    "UnicodeDecodeError": lambda: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "of a library"),
    "OSError": lambda: OSError("of a library"),
    "StopIteration": lambda: StopIteration("of a library"),
    "zlib.error": lambda: zlib.error("of a library"),
    "struct.error": lambda: struct.error("of a library"),
    "pa.ArrowInvalid": lambda: pa.ArrowInvalid("of a library"),
}


@pytest.fixture(params=KINDS, ids=list(KINDS))
def failing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let a function fail wherever its arguments, as text, hold the word SPOILT; or everywhere."""

    def fail(owner: Any, name: str, *, always: bool = False) -> None:
        whole = getattr(owner, name)

        def failing(*arguments: Any, **options: Any) -> Any:
            if always or "SPOILT" in f"{arguments}{options}":
                raise KINDS[request.param]()
            return whole(*arguments, **options)

        monkeypatch.setattr(owner, name, failing)

    return fail


PROSE = "The ferry left the old pier on Monday morning with forty people on board.\n"


def raw_page(source: str, text: str) -> RawPage:
    return RawPage(Page.of(text.encode(), source=source, kind="text"), text.encode())


def test_a_page(failing: Callable[..., None]) -> None:
    failing(ingest_extraction, "_contents")
    table = page_table(
        [raw_page("good.txt", f"Ferry line\n\n{PROSE}"), raw_page("bad.txt", f"SPOILT title\n\n{PROSE}")]
    )
    articles, outside = read_pages(table)
    assert articles["title"].to_pylist() == ["Ferry line"]
    (fault,) = outside["fault"].to_pylist()
    assert fault[1] == "bad.txt"
    assert fault[2]


def test_a_page_of_a_file_with_a_single_one(failing: Callable[..., None]) -> None:
    failing(ingest_extraction, "_contents")
    with pytest.raises(InvalidInput, match=r"^bad\.txt: can't be read .*; mend it"):
        extract(f"SPOILT title\n\n{PROSE}".encode(), source="bad.txt")


def test_a_message_of_a_mailbox(failing: Callable[..., None]) -> None:
    failing(mail, "_message")
    messages = [
        f"From a@b.example Mon Jan  1 10:00:00 2024\nSubject: {title}\n\nIt rained here all day.\n\n"
        for title in ("One", "SPOILT", "Three")
    ]
    found = list(container.pages("".join(messages).encode(), source="a.mbox"))
    assert [page.fault is None for page in found] == [True, False, True]
    assert found[1].where == "a.mbox (message 2)"


def test_a_row_of_a_table(failing: Callable[..., None]) -> None:
    class Batch:
        def __init__(self, rows: list[str]) -> None:
            self._rows = rows
            self.num_rows = len(rows)

        def slice(self, at: int, length: int) -> Batch:
            return Batch(self._rows[at : at + length])

        def to_pylist(self) -> list[dict[str, str]]:
            return _values(self._rows)

    failing(_HERE, "_values")
    found = list(container._rows_of(Batch(["one", "SPOILT", "three"])))
    assert [values for values, _ in found] == [{"text": "one"}, {}, {"text": "three"}]
    assert [fault is None for _, fault in found] == [True, False, True]


def _values(rows: list[str]) -> list[dict[str, str]]:
    return _HERE._values(rows)


_HERE = SimpleNamespace(_values=lambda rows: [{"text": row} for row in rows])


def test_a_file(failing: Callable[..., None]) -> None:
    failing(container, "delimited", always=True)
    with pytest.raises(InvalidInput, match=r"^a\.csv: not readable .*; fetch it again"):
        list(container.pages(b"title,text\na,b\n", source="a.csv"))


WHEN = "2026-03-01T10:00:00Z"


def task(number: int, *marks: str) -> dict[str, Any]:
    said = {"type": "choices", "from_name": "act", "to_name": "text", "value": {"choices": ["claim"]}}
    answers = [
        {"id": place, "completed_by": place, "result": [said | {"id": mark}], "created_at": WHEN, "updated_at": WHEN}
        for place, mark in enumerate(marks, start=1)
    ]
    return {"id": number, "project": 1, "data": {"text": f"Ferry {number} left."}, "annotations": answers}


def test_an_annotation(failing: Callable[..., None], tmp_path: Path) -> None:
    failing(parse, "decode")
    path = tmp_path / "export.json"
    path.write_text(json.dumps([task(1, "good", "SPOILT"), task(2, "good")]))
    found = export_reader.read_export_all(path)
    assert len(found.annotations) == 2
    assert [(reject.reason, reject.source) for reject in found.rejects] == [("unreadable", f"{path}: task 1")]


@pytest.mark.parametrize("reader", ["_is_task", "_whole"])
def test_a_task_of_a_file(failing: Callable[..., None], tmp_path: Path, reader: str) -> None:
    failing(export_reader, reader)
    path = tmp_path / "export.json"
    path.write_text(json.dumps([task(1, "good"), task(2, "SPOILT"), task(3, "good")]))
    refused: list[InvalidInput] = []
    assert [each["id"] for each in export_reader.read_tasks(path, refused.append)] == [1, 3]
    assert [fault.where for fault in refused] == [f"{path}: item 2"]
    with pytest.raises(InvalidInput, match="item 2: is not a task"):
        list(export_reader.read_tasks(path))


def test_a_file_of_tasks(failing: Callable[..., None], tmp_path: Path) -> None:
    failing(export_reader, "json_items", always=True)
    path = tmp_path / "export.json"
    path.write_text("[]")
    with pytest.raises(InvalidInput, match=r"can't be read as a JSON export .*; export it again"):
        list(export_reader.read_tasks(path))


def test_an_answer_of_the_server(failing: Callable[..., None]) -> None:
    failing(httpx.Response, "json", always=True)
    with Server("http://127.0.0.1:9", "0" * 40) as server:
        request = httpx.Request("GET", "http://127.0.0.1:9/api/projects")
        answered = httpx.Response(200, json={"id": 1}, request=request)
        with pytest.raises(RemoteError, match=r"/api/projects: the answer is not JSON .*; look whether"):
            server._read(answered, {"id": int})


def test_the_manifest_of_a_release(failing: Callable[..., None], tmp_path: Path) -> None:
    failing(manifest.json, "loads", always=True)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(InvalidInput, match=r"manifest\.json"):
        manifest.read_manifest(tmp_path)


def test_a_table_of_a_release(failing: Callable[..., None], tmp_path: Path) -> None:
    failing(_HERE, "_values", always=True)
    release = Release(tmp_path, {"version": "1.0.0"})
    with pytest.raises(InvalidInput, match=r"data/a\.parquet can't be read"), release._reading("data/a.parquet"):
        _values([])


SCHEMA, TEXT = load("news_events@1.0.0"), "She left."


def test_an_answer_of_a_model(failing: Callable[..., None]) -> None:
    failing(model_answer, "validate", always=True)
    found = model_answer.read_answer('{"labels": ["claim"]}', SCHEMA, TEXT)
    assert isinstance(found, list)
    assert [fault.reason for fault in found] == ["wrong-form"]


def test_a_completion_of_a_model_server(failing: Callable[..., None]) -> None:
    failing(chat_client, "_completed", always=True)
    assert chat_client._completion(httpx.Response(200, content=b"{}")) is None


def test_a_row_of_a_file_of_answers(failing: Callable[..., None], tmp_path: Path) -> None:
    failing(suggestion_file, "_answer")
    good, bad = sentence("She left."), sentence("SPOILT it is.")
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps({"text": each.text, "labels": ["claim"]}) + "\n" for each in (bad, good)))
    known = {each.sentence_id: each for each in (good, bad)}
    first, second = suggestion_file.file_answers(path, SCHEMA, known, name="m")
    assert not isinstance(first, Suggestion)
    assert first.source == f"{path}:1"
    assert isinstance(second, Suggestion)


def test_a_line_of_the_standard_input(failing: Callable[..., None]) -> None:
    failing(lines_of_input.json, "loads")
    good, bad = '{"text": "one"}', '{"text": "SPOILT"}'
    rows = [lines_of_input._row(line.encode(), number, "text") for number, line in enumerate([good, bad, good], 1)]
    assert [isinstance(row, lines_of_input.Unread) for row in rows] == [False, True, False]


def test_a_row_of_a_log(failing: Callable[..., None], tmp_path: Path) -> None:
    log = AppendLog(tmp_path / "log.jsonl")
    log.append([{"a": "good"}, {"a": "SPOILT"}])
    failing(append_log.json, "loads")
    with pytest.raises(InvalidInput, match=r"log\.jsonl:2: can't be read .*; the log is append-only"):
        list(log.rows())


def test_a_line_of_an_order(failing: Callable[..., None], tmp_path: Path) -> None:
    failing(sentence_filter.json, "loads")
    path = tmp_path / "selection.jsonl"
    path.write_text(f'{content_id("a")}\n{{"sentence_id": "SPOILT"}}\n')
    with pytest.raises(InvalidInput, match=r"selection\.jsonl:2: holds no sentence_id"):
        sentence_filter.read_order(path)


def test_a_yaml_file(failing: Callable[..., None]) -> None:
    failing(yaml_document, "_read", always=True)
    with pytest.raises(InvalidInput, match=r"^schema\.yaml: not valid YAML"):
        yaml_document.read_document("a: 1", "schema.yaml")


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), ConnectionResetError("reset")])
def test_no_input_is_blamed_for_the_machine(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise fault

    monkeypatch.setattr(ingest_extraction, "_contents", fail)
    with pytest.raises(type(fault)):
        extract(f"A title\n\n{PROSE}".encode(), source="a.txt")
    assert not isinstance(fault, ToolkitError)
