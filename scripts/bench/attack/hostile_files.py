"""Pages, releases and projects of a stranger: what they hold, and what a command must make of it."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

GOOD = "A ferry line opens\n\nThe ferry left the old pier on Monday morning with forty people on board.\n"


def warc(payload: bytes, head: bytes = b"", length: int | None = None) -> bytes:
    """Return a record of a web archive."""
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + head + b"\r\n" + payload
    stated = len(http) if length is None else length
    return (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://x.example/a\r\nWARC-Date: 2026-01-01T00:00:00Z\r\n"
        b"WARC-Record-ID: <urn:uuid:1>\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: "
        + f"{stated}\r\n\r\n".encode()
        + http
        + b"\r\n\r\n"
    )


def parquet(table: pa.Table) -> bytes:
    """Return a Parquet file."""
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def archive(members: Mapping[str, bytes]) -> bytes:
    """Return a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return out.getvalue()


def _dictionary() -> bytes:
    word = "A sentence stands here. " * (20 * 2**20 // 24)
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 150, pa.int32()), pa.array([word]))
    return parquet(pa.table({"text": column}))


def _packed_records() -> bytes:
    bomb = gzip.compress(b"<p>A sentence is here. " + b"a" * (60 << 20), 9)
    return warc(bomb, b"Content-Encoding: gzip\r\n") * 20


def _sheet(cells: str) -> bytes:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    types = "http://schemas.openxmlformats.org/package/2006"
    return archive(
        {
            "[Content_Types].xml": f'<Types xmlns="{types}/content-types"/>'.encode(),
            "xl/workbook.xml": (
                f'<workbook {space} xmlns:r="{relations}">'
                '<sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>'
            ).encode(),
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{types}/relationships"><Relationship Id="r1" '
            f'Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'.encode(),
            "xl/worksheets/sheet1.xml": f"<worksheet {space}><sheetData>{cells}</sheetData></worksheet>".encode(),
        }
    )


def _aliases() -> bytes:
    rows = ['a0: &a0 ["lol"]', *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10))]
    return ("---\n" + "\n".join(rows) + "\n---\n\n" + GOOD).encode()


BOMBS: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "a Parquet file of 2.4 kB that unpacks to 3 GB": ("a.parquet", _dictionary),
    "a web archive of 1.2 MB that unpacks to 1.2 GB": ("a.warc", _packed_records),
    "gzip of 2 MB that unpacks to 2 GB": ("a.txt.gz", lambda: gzip.compress(b"It rained. " * (180 << 20), 9)),
    "gzip in gzip": ("a.txt.gz", lambda: gzip.compress(gzip.compress(b"It rained. " * 999, 9), 9)),
    "a spreadsheet of 300 kB that unpacks to 300 MB": (
        "a.xlsx",
        lambda: _sheet("<row>" + "<c><v>1</v></c>" * (20 << 20) + "</row>"),
    ),
    "entities that grow": (
        "a.xml",
        lambda: (
            b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
            + b"".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9))
            + b"]><rss><channel><item><title>&j;</title></item></channel></rss>"
        ),
    ),
    "aliases that grow": ("a.md", _aliases),
    "a row of 1,000,000 lists": ("a.jsonl", lambda: b'{"text": ' + b"[" * 10**6 + b"]" * 10**6 + b"}\n"),
    "mail of 20,000 parts within each other": (
        "a.eml",
        lambda: (
            b"From: a@b.example\n"
            + b"".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n".encode() for n in range(20_000))
            + b"\nIt rained.\n"
        ),
    ),
    "100,000 divisions within each other": ("a.html", lambda: b"<div>" * 100_000 + b"It rained here all day."),
}
"""Name → a file, and how it is made."""


def _crowded_task() -> bytes:
    said = {"type": "choices", "from_name": "act", "to_name": "text", "value": {"choices": ["claim"]}}
    when = "2026-03-01T10:00:00Z"
    answers = [
        {"id": n, "completed_by": n, "result": [said], "created_at": when, "updated_at": when} for n in range(150_000)
    ]
    return json.dumps([{"id": 1, "data": {"text": "It rained."}, "annotations": answers}]).encode()


def _crowded_text() -> bytes:
    spans = "".join(f"T{n}\tWord 0 999999\tsnow\n" for n in range(50_000))
    return archive({"a.txt": b"rain " * 200_000, "a.ann": spans.encode()})


DOORS: Mapping[str, tuple[str, Callable[[], bytes], tuple[str, ...]]] = {
    "rows of 2.4 kB that unpack to 3 GB": ("rows.parquet", _dictionary, ("suggest", "--model", "rows.parquet")),
    "rows of 2 MB that unpack to 2 GB": (
        "rows.jsonl.gz",
        lambda: gzip.compress(b'{"text": "It rained."}' + b" " * (2 << 30), 9),
        ("suggest", "--model", "rows.jsonl.gz"),
    ),
    "an export of 1 MB that unpacks to 1 GB": (
        "export.json.gz",
        lambda: gzip.compress(b"[" + b" " * (1 << 30) + b"]", 9),
        ("pull", "--from-export", "export.json.gz"),
    ),
    "a task of 150,000 answers": ("export.json", _crowded_task, ("pull", "--from-export", "export.json")),
    "an archive of 1 MB that unpacks to 1 GB": (
        "bomb.zip",
        lambda: archive({"a.txt": b"rain " * (200 << 20), "a.ann": b"T1\tWord 0 4\train\n"}),
        ("import", "brat", "bomb.zip", "--project", "."),
    ),
    "50,000 marks of a text of a megabyte": (
        "marks.zip",
        _crowded_text,
        ("import", "brat", "marks.zip", "--project", "."),
    ),
    "a schema of 2,000,000 values": (
        "s.yaml",
        lambda: b"name: s\nlabels:\n" + b"- a\n" * 2_000_000,
        ("schema", "check", "s.yaml"),
    ),
    "a profile of aliases that grow": (
        "site.yaml",
        lambda: _aliases().split(b"---\n")[1],
        ("ingest", "--profile", "site.yaml"),
    ),
}
"""Name → a file of a project, how it is made, and the command that reads it."""

SPOILT: Mapping[str, tuple[str, Callable[[], bytes]]] = {
    "a record with a length of 31 digits": ("a.warc", lambda: warc(b"<p>A sentence.</p>", length=10**30)),
    "a row with a time beyond all years": (
        "a.parquet",
        lambda: parquet(pa.table({"text": ["A line is here."], "published_at": pa.array([2**62], pa.timestamp("us"))})),
    ),
    "bytes that call themselves PDF": ("a.pdf", lambda: b"%PDF-1.7\n" + b"\0\xff" * 9999),
    "a Word document cut short": ("a.docx", lambda: archive({"word/document.xml": b"<w:document>"})),
    "a spreadsheet without a sheet": ("a.xlsx", lambda: archive({"xl/workbook.xml": b"<workbook/>"})),
    "zero bytes": ("a.txt", lambda: b"\0" * 99_999),
    "halves of characters": ("a.jsonl", lambda: b'{"text": "half \\ud800 of a character stands here."}\n'),
    "a number of 5,000 digits": ("a.jsonl", lambda: b'{"text": "It rained.", "n": ' + b"9" * 5000 + b"}\n"),
    "a table with 100,000 columns": ("a.csv", lambda: b",".join([b"a"] * 100_000) + b"\n" + b"1," * 99_999 + b"1\n"),
    "a quote that never ends": ("a.csv", lambda: b'title,text\na,"' + b"it rained\n" * 99_999),
    "a mailbox of bad heads": (
        "a.mbox",
        lambda: b"From a Mon Jan  1 10:00:00 2024\nDate: \xff\nTo: =?x?q?=\n\nA.\n" * 99,
    ),
    "a feed cut short": ("a.xml", lambda: b'<?xml version="1.0"?><rss><channel><item><title>It rained'),
    "Markdown with bad front matter": (
        "a.md",
        lambda: b"---\n? [a]: {b\ndate: 99999-99-99\n---\n\n# A title\n\nIt was.",
    ),
    "subtitles of bad times": ("a.srt", lambda: b"1\n99:99:99,999 --> 00:00:00,000\nIt rained.\n\n" * 99),
    "wrong surrogates in UTF-16": ("a.txt", lambda: b"\xff\xfe" + b"\x00\xd8" * 999),
}
"""Name → a file that is spoilt, and how it is made; a good page lies beside it."""


def put(project: Path, name: str, content: bytes) -> None:
    """Put a page into a project."""
    (project / "pages").mkdir(exist_ok=True)
    (project / "pages" / name).write_bytes(content)


def grow_table(release: Path) -> None:
    """Let a table of a release hold gigabytes in a few kB, with a manifest that fits it."""
    import pyarrow.parquet as pq

    from toolkit.release.manifest import file_sums, sealed

    path = release / "manifest.json"
    manifest = json.loads(path.read_text())
    file = release / next(iter(manifest["tables"]["default"].values()))["file"]
    table = pq.read_table(file)
    words = pa.DictionaryArray.from_arrays(
        pa.array([0] * table.num_rows, pa.int32()), pa.array(["rain " * (40 << 20)], pa.large_string())
    )
    pq.write_table(table.set_column(table.column_names.index("text"), "text", words), file, compression="zstd")
    path.write_text(json.dumps(sealed({**manifest, "files": file_sums(release)})))


def change_manifest(release: Path, how: str, outside: Path) -> None:
    """Let the manifest of a release name files outside of it, or have another shape."""
    path = release / "manifest.json"
    manifest = json.loads(path.read_text())
    first = next(iter(manifest["tables"]["default"]))
    match how:
        case "a table that is a file of the machine":
            manifest["tables"]["default"][first]["file"] = "/etc/passwd"
        case "a table above the release":
            manifest["tables"]["default"][first]["file"] = "../../../toolkit.yaml"
        case "a config that is a path":
            manifest["tables"][str(outside)] = manifest["tables"]["default"]
        case "a split that is a path":
            manifest["tables"]["default"]["../../x"] = manifest["tables"]["default"][first]
        case "a file that is a device":
            manifest["files"]["/dev/zero"] = {"sha256": "0" * 64, "bytes": 1}
        case "a version that is a path":
            manifest["version"] = "../../1.0.0"
        case "a table that is a number":
            manifest["tables"] = {"default": {"train": 5}}
        case "a list":
            manifest = []
    path.write_text(json.dumps(manifest))


MANIFESTS = (
    "a table that is a file of the machine",
    "a table above the release",
    "a config that is a path",
    "a split that is a path",
    "a file that is a device",
    "a version that is a path",
    "a table that is a number",
    "a list",
)
