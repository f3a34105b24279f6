"""Break each promise of SECURITY.md on purpose, and see that the test beside it fails.

    python scripts/bench/promises.py [--only WORD]

In a copy of the project one protection after the other is switched off, and the test file that SECURITY.md names for it
is run. A protection that can be taken away without a failure is only promised; it is listed, and the exit code is 1.
Tests that need Label Studio find it by TOOLKIT_STUDIO_HOME.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
_COPIED = ("toolkit", "tests", "schemas", "label_configs", "scripts", "docs")
_PATIENCE = 240  # seconds of a test; one that does not end without its protection has failed


class Switch(NamedTuple):
    """A protection, and how it is switched off.

    Attributes:
        what: The protection in words.
        file: Where it stands.
        on: The code, which stands there once.
        off: What takes its place.
        test: The test file that must fail, below tests/.
        chosen: A part of the names of the tests to run; "" for all.
    """

    what: str
    file: str
    on: str
    off: str
    test: str
    chosen: str = ""


_NEVER = "if False:"
SWITCHES = (
    Switch(
        "a dollar of a schema's words is no variable",
        "labelstudio/codec/label_config.py",
        '.replace("$", f"${_JOINER}")',
        "",
        "labelstudio/codec/test_label_config.py",
    ),
    Switch(
        "words of a page are no markup for a person's browser",
        "labelstudio/codec/label_config.py",
        'etree.SubElement(sentence, "Text", attributes, granularity="word")',
        'etree.SubElement(sentence, "HyperText", attributes, granularity="word")',
        "labelstudio/codec/test_label_config_in_browser.py",
        "data",
    ),
    Switch(
        "words of a schema are no markup in guidelines",
        "schema/codebook.py",
        'autoescape=jinja2.select_autoescape(["html.j2"])',
        "autoescape=False",
        "schema/test_codebook.py",
    ),
    Switch(
        "no cell is a formula",
        "engine/csv_cells.py",
        'return f"\'{safe}" if _FORMULA.match(text) else safe',
        "return text",
        "release/test_release_export.py",
    ),
    Switch(
        "whatever a reader raises is one error",
        "errors.py",
        'raise raises(f"{what} ({described(fault)})", where=where, remedy=remedy) from fault',
        "raise",
        "test_borders.py",
    ),
    Switch(
        "… of any bytes",
        "errors.py",
        'raise raises(f"{what} ({described(fault)})", where=where, remedy=remedy) from fault',
        "raise",
        "test_fuzz.py",
    ),
    Switch(
        "bytes that are no text are refused",
        "ingest/extraction.py",
        'raise InvalidInput("the page is binary, not text", where=raw.where, remedy=remedy)',
        "pass",
        "ingest/test_extraction.py",
    ),
    Switch(
        "what unpacks to too much is refused",
        "limits.py",
        "if size > free and size > most * max(self._packed(), 1):",
        _NEVER,
        "ingest/formats/test_container.py",
    ),
    Switch(
        "all files of a command unpack to a bound",
        "limits.py",
        "if size and self._beyond > self._limits.all_free_bytes:",
        _NEVER,
        "test_limits.py",
        "small",
    ),
    Switch(
        "what a PDF draws is bounded",
        "ingest/documents/pdf_limits.py",
        "if self._drawn > _MOST_DRAWN:",
        _NEVER,
        "ingest/documents/test_pdf_document.py",
    ),
    Switch(
        "a stream of a PDF is measured",
        "ingest/documents/pdf_limits.py",
        "        if more:\n",
        "        if False:\n",
        "ingest/documents/test_pdf_document.py",
        "bomb",
    ),
    Switch(
        "characters upon each other are counted",
        "ingest/documents/pdf_limits.py",
        "if self._crowding > _MOST_CROWDING:",
        _NEVER,
        "ingest/documents/test_pdf_document.py",
        "place",
    ),
    Switch(
        "rows of a file are counted",
        "limits.py",
        "if self._rows > self._limits.rows:",
        _NEVER,
        "test_limits.py",
        "rows",
    ),
    Switch(
        "rows of all files are counted",
        "limits.py",
        "if self._rows > self._limits.all_rows:",
        _NEVER,
        "test_limits.py",
        "rows",
    ),
    Switch(
        "items are counted",
        "limits.py",
        "    if number > most:\n",
        "    if False:\n",
        "labelstudio/pull/test_export_reader.py",
        "too_much",
    ),
    Switch(
        "what values of a table share is counted",
        "engine/parquet_growth.py",
        "budget.take(sum(map(_size, batch.columns)))",
        "pass",
        "engine/test_parquet_growth.py",
    ),
    Switch(
        "tables of a release are measured",
        "release/reader.py",
        "check_parquet(table, str(path), path.stat().st_size)",
        "pass",
        "release/test_proof.py",
        "unpacks",
    ),
    Switch(
        "rows of Parquet are measured",
        "project/table_files.py",
        "check_parquet(file, str(path), path.stat().st_size)",
        "pass",
        "project/test_table_files.py",
    ),
    Switch(
        "gzip is measured at every door",
        "engine/foreign_file.py",
        "self._budget.take(len(data))",
        "pass",
        "labelstudio/pull/test_export_reader.py",
        "unpacks",
    ),
    Switch(
        "an archive to import is measured",
        "exchange/document_folders.py",
        "budget.check(sum(each.file_size for each in archive.infolist()))",
        "pass",
        "exchange/test_catalogue.py",
        "unpacks",
    ),
    Switch(
        "a server gives no more than it was asked for",
        "labelstudio/client/http_client.py",
        "if len(tasks) > asked:",
        _NEVER,
        "test_bounded_http.py",
        "asked",
    ),
    Switch(
        "values of YAML are counted as they are read",
        "schema/yaml_document.py",
        "if self._values > Limits.here().yaml_values:",
        _NEVER,
        "schema/test_yaml_document.py",
        "counted",
    ),
    Switch(
        "a language model answers in time",
        "suggest/chat_client.py",
        "with self._http.within(self._timeout):",
        "if True:",
        "suggest/test_chat_client.py",
        "drips",
    ),
    Switch(
        "a task of too much work is left out",
        "labelstudio/pull/parse.py",
        'check_work(looks * characters // 1000 + compared, 0, where, of="task whose answers take the work")',
        "pass",
        "labelstudio/pull/test_export_reader.py",
        "too_much",
    ),
    Switch(
        "a page has a budget of work",
        "limits.py",
        "if characters + _OF_A_MARK * marks > most:",
        _NEVER,
        "test_limits.py",
        "work",
    ),
    Switch(
        "crowded blocks are read in linear time",
        "ingest/hypertext/inline_elements.py",
        "if sum(1 for _ in tree.iter(*_WITHIN_LINES)) < _CROWD:",
        "if True:",
        "test_growth.py",
        "elements",
    ),
    Switch(
        "a link in pages/ is no page",
        "project/workspace.py",
        'links = {name: "link" for name in files if (folder / name).is_symlink()}',
        "links: dict[str, str] = {}",
        "project/test_links.py",
    ),
    Switch(
        "the lock is opened through no link",
        "project/mutex.py",
        " | os.O_NOFOLLOW",
        "",
        "project/test_links.py",
    ),
    Switch(
        "a link in a release is not followed",
        "project/files.py",
        "if path.is_symlink() and not _is_cached(folder, path):",
        _NEVER,
        "project/test_links.py",
    ),
    Switch(
        "names of a manifest lead nowhere else",
        "project/files.py",
        'if isinstance(name, str) and len(name) <= _LONGEST_NAME and all(map(_PART.fullmatch, name.split("/"))):',
        "if isinstance(name, str):",
        "release/test_proof.py",
    ),
    Switch(
        "foreign words move no cursor",
        "errors.py",
        'return _CONTROL.sub(lambda found: f"\\\\u{ord(found[0]):04x}", text)',
        "return text",
        "test_errors.py",
    ),
    Switch(
        "… in a command",
        "errors.py",
        'return _CONTROL.sub(lambda found: f"\\\\u{ord(found[0]):04x}", text)',
        "return text",
        "cli/test_output.py",
    ),
    Switch(
        "a region has the words that it claims",
        "labelstudio/codec/offsets.py",
        "if 0 <= start < end <= len(text) and _same_words(text[start:end], claimed):",
        "if 0 <= start < end <= len(text):",
        "labelstudio/codec/test_offsets.py",
    ),
    Switch(
        "a label is one of the schema",
        "labelstudio/codec/decode.py",
        "label = name if control.values is None else control.values.get(name)",
        "label = name",
        "labelstudio/codec/test_decode.py",
    ),
    Switch(
        "an answer is to the text that was pushed",
        "labelstudio/pull/parse.py",
        "if pushed is not None and pushed != shown:",
        _NEVER,
        "labelstudio/pull/test_log_writer.py",
    ),
    Switch(
        "one bad annotation stops no other",
        "labelstudio/pull/parse.py",
        "with border(f\"annotation {raw.get('id')} can't be read\"):",
        "if True:",
        "labelstudio/pull/test_parse.py",
    ),
    Switch(
        "one bad annotation of an export stops no other",
        "labelstudio/pull/parse.py",
        "with border(f\"annotation {raw.get('id')} can't be read\"):",
        "if True:",
        "labelstudio/pull/test_spoilt_exports.py",
    ),
    Switch(
        "an answer of a server is bounded",
        "bounded_http.py",
        "if self._left < 0:",
        _NEVER,
        "test_bounded_http.py",
    ),
    Switch(
        "an answer of a server comes in time",
        "bounded_http.py",
        "                    each.shutdown(socket.SHUT_RDWR)",
        "                    pass",
        "test_bounded_http.py",
    ),
    Switch(
        "an answer of a server has its shape",
        "labelstudio/client/http_client.py",
        "if (fault := misfit(body, shape)) is not None:",
        "if (fault := None) is not None:",
        "labelstudio/client/test_hostile_servers.py",
    ),
    Switch(
        "a task that the server fails at is named",
        "labelstudio/pull/stage.py",
        "        self._unreadable[task] = fault.what",
        "        raise fault",
        "labelstudio/pull/test_stage_faults.py",
    ),
    Switch(
        "a changed row is found",
        "project/logs/hash_chain.py",
        'if link != _link(last or before.hexdigest()[:_HEX_DIGITS], line[: found.start()] + b"}\\n"):',
        _NEVER,
        "project/logs/test_hash_chain.py",
    ),
    Switch(
        "a log that was cut is not read",
        "project/logs/log_head.py",
        "if (cut := cut_end(log)) is not None:",
        "if (cut := None) is not None:",
        "project/logs/test_log_head.py",
    ),
    Switch(
        "serve refuses foreign hosts",
        "labelstudio/suggest/ml_backend.py",
        "if host.lower() not in self._hosts:",
        _NEVER,
        "labelstudio/suggest/test_ml_backend.py",
    ),
    Switch(
        "serve refuses web pages",
        "labelstudio/suggest/ml_backend.py",
        'if "origin" in request.headers:',
        _NEVER,
        "labelstudio/suggest/test_ml_backend.py",
    ),
    Switch(
        "serve refuses what is no JSON",
        "labelstudio/suggest/ml_backend.py",
        'if kind != "application/json" and (kind != _FORM or _of_browser(request)):',
        _NEVER,
        "labelstudio/suggest/test_ml_backend.py",
    ),
    Switch(
        "a model's files are those of its config",
        "baselines/models/model_files.py",
        "if config.files.get(name or path.name) != digest(content):",
        _NEVER,
        "baselines/models/test_model_files.py",
    ),
    Switch(
        "types of a skops file are on the list",
        "baselines/models/sklearn_export.py",
        "        if not strange:\n            return skops.io.load(path, trusted=[])",
        "        return skops.io.load(path, trusted=strange)",
        "baselines/models/test_sklearn_export.py",
    ),
    Switch(
        "aliases of YAML are bounded",
        "schema/yaml_document.py",
        "if len(document.places) > Limits.here().yaml_values:",
        "if len(document.places) > 10**7:",
        "schema/test_yaml_document.py",
    ),
    Switch(
        "YAML makes no objects",
        "schema/yaml_document.py",
        "return _read(_Swift(text, name, typed=typed), Document(name))",
        "return _read(yaml.UnsafeLoader(text), Document(name))",
        "schema/test_yaml_document.py",
    ),
    Switch(
        "no token stands in an error",
        "labelstudio/client/http_client.py",
        'text = text.replace(secret, "…")',
        "pass",
        "labelstudio/client/test_http_client.py",
    ),
    Switch(
        "addresses leave the server as pseudonyms",
        "labelstudio/pseudonyms.py",
        'return ADDRESS.sub(lambda found: self.of(found[0]), raw) if "@" in raw else raw',
        "return raw",
        "labelstudio/test_pseudonyms.py",
    ),
    Switch(
        "the key is its owner's only",
        "labelstudio/pseudonyms.py",
        "if os.stat(path).st_mode & 0o077:",
        _NEVER,
        "labelstudio/test_pseudonyms.py",
    ),
    Switch(
        "another key is refused",
        "labelstudio/pseudonyms.py",
        "    if held not in (None, _fingerprint(secret)):",
        "    if False:",
        "labelstudio/test_pseudonyms.py",
    ),
    Switch(
        "addresses in a release are found",
        "release/privacy/private_strings.py",
        "def is_suspect(text: str) -> bool:",
        "def is_suspect(text: str) -> bool:\n    return False\n\n\ndef was_suspect(text: str) -> bool:",
        "release/privacy/test_private_strings.py",
    ),
    Switch(
        "private strings are not released",
        "release/privacy/scan.py",
        "        if self._faults:\n            raise",
        "        if False:\n            raise",
        "release/test_release_project.py",
    ),
    Switch(
        "nothing is built from old pages",
        "release/stage.py",
        "        if not allow_stale:\n",
        "        if False:\n",
        "release/test_release_project.py",
    ),
    Switch(
        "a changed file of a release is found",
        "release/reader.py",
        'elif expected[name]["sha256"] != found[name]["sha256"]:',
        "elif False:",
        "release/test_release_build.py",
    ),
    Switch(
        "tables of a release are loaded whole only",
        "release/reader.py",
        'if file_sum(path)["sha256"] != self.manifest["files"][name]["sha256"]:',
        _NEVER,
        "release/test_proof.py",
    ),
    Switch(
        "a tag is never moved",
        "hub/stage.py",
        '    if tags(api, repo, "dataset").get(tag) != oid:\n',
        "    if False:\n",
        "hub/test_hub_publish.py",
    ),
    Switch(
        "a tag with another content is refused",
        "hub/stage.py",
        "            _same_content(api, repo, release, tag)\n",
        "",
        "hub/test_hub_publish.py",
    ),
    Switch(
        "a kill leaves the old file or the new",
        "project/files.py",
        '        temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")\n'
        "        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)\n",
        "        temporary = path\n        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)\n",
        "project/test_files.py",
    ),
    Switch(
        "the embedded server is this machine's only",
        "labelstudio/server/embedded.py",
        '"--internal-host", "127.0.0.1"',
        '"--internal-host", "0.0.0.0"',
        "labelstudio/server/test_embedded.py",
    ),
    Switch(
        "the embedded server sends no telemetry",
        "labelstudio/server/install.py",
        '"COLLECT_ANALYTICS": "false",',
        '"COLLECT_ANALYTICS": "true",',
        "labelstudio/server/test_embedded.py",
    ),
    Switch(
        "nobody else reads the server's data",
        "labelstudio/server/embedded.py",
        "        data.chmod(0o700)",
        "        pass",
        "labelstudio/server/test_embedded.py",
    ),
    Switch(
        "no other process is ended",
        "labelstudio/server/embedded.py",
        "        if identity(pid) != known_as:\n            return\n        os.kill",
        "        os.kill",
        "labelstudio/server/test_embedded.py",
    ),
    Switch(
        "no licence of the default installation asks for ours",
        "../scripts/sbom.py",
        'return COPYLEFT.search(LESSER.sub("", licence)) is not None and " OR " not in licence',
        "return False",
        "test_licences.py",
    ),
)


def outcome(switch: Switch, copy: Path) -> str:
    """Return what came of a switch in a copy of the project: "fails", or what is wrong with it."""
    path = copy / "toolkit" / switch.file
    text = path.read_text(encoding="utf-8")
    if text.count(switch.on) != 1:
        return f"its code stands {text.count(switch.on)} times in {switch.file}"
    path.write_text(text.replace(switch.on, switch.off), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"tests/{switch.test}"]
    command += ["-k", switch.chosen] if switch.chosen else []
    environment = os.environ | {"PYTHONPATH": str(copy)}
    try:
        done = subprocess.run(  # our own tests
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return "fails"
    finally:
        path.write_text(text, encoding="utf-8")
    said = done.stdout.strip().splitlines()
    if done.returncode == 1:
        return "fails"
    return f"is not noticed (rc {done.returncode}: {said[-1] if said else done.stderr[-200:]})"


def main() -> int:
    """Print a line a protection."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="a part of a protection's words, or of its file or test")
    only = parser.parse_args().only
    unnoticed = 0
    with tempfile.TemporaryDirectory(prefix="promises-") as folder:
        copy = Path(folder)
        for name in _COPIED:
            shutil.copytree(ROOT / name, copy / name, symlinks=True)
        for file in ROOT.glob("*.*"):
            if file.is_file():
                shutil.copy(file, copy / file.name)
        for switch in SWITCHES:
            if only in f"{switch.what} {switch.file} {switch.test}":
                began = time.monotonic()
                found = outcome(switch, copy)
                unnoticed += found != "fails"
                print(f"{switch.what:58}{switch.test:52}{found}  {time.monotonic() - began:.0f} s", flush=True)
    print(f"{unnoticed} of {len(SWITCHES)} can be taken away unseen")
    return int(unnoticed > 0)


if __name__ == "__main__":
    sys.exit(main())
