"""Attack toolkit, and count what it survives: hostile inputs by kind of fault, and kill -9 of every command.

    python scripts/bench/faults.py                       # everything; minutes
    python scripts/bench/faults.py --only budget,paths   # some classes
    python scripts/bench/faults.py --only kill --kills 5

A line per kind: how many were tried, and how many survived. An attack is survived if the command ends in time with the
exit code that the class allows, shows no traceback, holds no more memory than the class allows, and leaves what was
good as it should be. What was not survived is listed below the table, and the exit code is then 1.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent / "attack")]
os.environ.setdefault("OMP_NUM_THREADS", "1")

import hostile_files  # noqa: E402
from forked_command import Ran, ran  # noqa: E402
from hostile_server import KINDS, hostile  # noqa: E402
from kill_points import survived  # noqa: E402
from spoilt_exports import spoilt  # noqa: E402

MOST_MEGABYTES = 2000.0
TOKEN = "a" * 40


@dataclass(frozen=True)
class Attack:
    """One attack and its outcome.

    Attributes:
        group: The class of the attack.
        kind: What it is, in words; a line of the table.
        name: Which one of its kind.
        fault: What went wrong; None where it was survived.
        tried: How many attacks it stands for.
    """

    group: str
    kind: str
    name: str
    fault: str | None
    tried: int = 1


@dataclass(frozen=True)
class Ground:
    """Where attacks happen.

    Attributes:
        work: A folder for copies.
        pages: A project whose pages were not read yet.
        answered: The same with sentences.
        export: The answers of two people to them.
        released: The same with answers, decisions and a release.
        recorded: The answers in the export.
        kills: Kills per command.
        share: Of the spoilt exports, every how many is tried.
        commands: The commands that are killed; empty for all.
    """

    work: Path
    pages: Path
    answered: Path
    export: Path
    released: Path
    recorded: Sequence[Any]
    kills: int
    share: int
    commands: Sequence[str]

    def copy(self, project: Path) -> Path:
        """Return a fresh copy of a project; the last one is removed."""
        there = self.work / "project"
        if there.exists():
            shutil.rmtree(there)
        shutil.copytree(project, there, symlinks=True)
        return there


def judged(run: Ran, codes: Iterable[int], *, megabytes: float = MOST_MEGABYTES, seconds: float = 60.0) -> str | None:
    """Return what is wrong with a run; None if nothing."""
    last = " ".join(run.said.split())[-300:]
    if run.late:
        return f"it did not end: {last}"
    if run.crashed or run.code not in codes:
        return f"rc {run.code}: {last}"
    if "\x1b" in run.said:
        return "an escape reached the terminal"
    if run.megabytes > megabytes:
        return f"it held {run.megabytes:.0f} MB"
    return f"it took {run.seconds:.0f} s" if run.seconds > seconds else None


PLACES = ("harbour", "market", "bridge", "school", "river", "mill", "square", "tower", "garden", "port", "hill", "pier")


def ground(work: Path, kills: int, share: int, commands: Sequence[str]) -> Ground:
    """Make the projects that are attacked, by the commands themselves."""
    from toolkit.labelstudio.pseudonyms import project_pseudonyms
    from toolkit.labelstudio.server.recorded_export import recorded_export
    from toolkit.project import Workspace
    from toolkit.samples import Recorded

    pages = work / "pages-only"
    _sure(ran(["init", str(pages)], work))
    for number, place in enumerate(PLACES):
        text = (
            f"News from the {place}\n\n"
            f"The mayor said on Monday that {number + 2} people were killed at the {place}.\n"
            f"The army denied that it had shelled the {place} of the old town.\n"
            f"Rain fell on the {place} all day long.\n"
        )
        (pages / "pages" / f"{place}.txt").write_text(text)
    answered = work / "answered"
    shutil.copytree(pages, answered)
    _sure(ran(["ingest"], answered))
    _sure(ran(["segment"], answered))
    project_pseudonyms(Workspace(answered))  # their key is drawn at random
    answers = []
    for sentence in Workspace(answered).sentences():
        labels = ("claim",) if "said" in sentence.text else ("denial",) if "denied" in sentence.text else ("none",)
        for person in ("ada", "ben"):
            answers.append(Recorded(annotator=person, text=sentence.text, labels=labels, lead_time=1.0))
    export = work / "export.json"
    export.write_text(recorded_export(Workspace(answered), answers))
    released = work / "released"
    shutil.copytree(answered, released)
    for words in (["pull", "--from-export", str(export)], ["adjudicate"], ["build", "1.0.0"]):
        _sure(ran(words, released))
    return Ground(work, pages, answered, export, released, answers, kills, share, commands)


def _sure(run: Ran) -> None:
    if run.code != 0:
        raise SystemExit(f"the ground could not be made: rc {run.code}: {run.said}")


def border(at: Ground) -> Iterator[Attack]:
    """One spoilt thing among good ones: it is named, and the good ones are taken."""
    for name, (file, make) in hostile_files.SPOILT.items():
        project = at.copy(at.pages)
        hostile_files.put(project, file, make())
        fault = judged(ran(["ingest", "--skip-unreadable"], project), (0, 6))
        if fault is None and not (project / "articles.parquet").exists():
            fault = "the good pages were not read"
        yield Attack("border", "spoilt pages beside good ones", name, fault)
    tasks = json.loads(at.export.read_text())
    path = at.work / "spoilt.json"
    for number, (name, content) in enumerate(spoilt(tasks)):
        if number % at.share:
            continue
        project = at.copy(at.answered)
        path.write_bytes(content)
        run = ran(["pull", "--from-export", str(path)], project)
        fault = judged(run, (0, 3))
        log = project / "annotations" / "log.jsonl"
        if fault is None and run.code == 0 and log.read_bytes().count(b"\n") < 2 * len(tasks) - 2:
            fault = "good answers were lost"
        yield Attack("border", "spoilt exports", name, fault)
    rows = at.work / "answers.jsonl"
    for name, line in (("lists for names", '{"sentence_id": [1], "labels": ["claim"]}'), ("deep", "[" * 99_999)):
        rows.write_text(f'{line}\n{{"text": "Rain fell on the mill all day long.", "labels": ["none"]}}\n')
        project = at.copy(at.answered)
        fault = judged(ran(["suggest", "--model", str(rows)], project), (0, 3, 6))
        if fault is None and not (project / "suggestions" / "log.jsonl").exists():
            fault = "the good answer was not taken"
        yield Attack("border", "spoilt answers of a model", name, fault)


def _impatient() -> None:
    from toolkit.labelstudio.client.http_client import Server

    Server.__init__.__kwdefaults__.update(timeout=4.0, sleep=lambda seconds: None)


def server(at: Ground) -> Iterator[Attack]:
    """A server that is none: rc 5 within the deadline, here of four seconds instead of 120."""
    for number, kind in enumerate(KINDS):
        with hostile(kind) as url:
            command = ("pull", "status", "push")[number % 3]
            variables = {"LABEL_STUDIO_URL": url, "LABEL_STUDIO_API_KEY": TOKEN}
            run = ran([command], at.copy(at.released), environment=variables, before=_impatient)
            yield Attack("server", "answers of no Label Studio", f"{kind}, {command}", judged(run, (3, 5, 6)))


def budget(at: Ground) -> Iterator[Attack]:
    """Small files that would fill the memory, the disk or the day."""
    for name, (file, make) in hostile_files.BOMBS.items():
        project = at.copy(at.pages)
        hostile_files.put(project, file, make())
        run = ran(["ingest", "--skip-unreadable"], project)
        yield Attack("budget", "bombs among pages", name, judged(run, (0, 6)))
    for name, (file, make, words) in hostile_files.DOORS.items():
        project = at.copy(at.answered)
        (project / file).write_bytes(make())
        yield Attack("budget", "bombs at other doors", name, judged(ran(list(words), project), (3,)))
    project = at.copy(at.released)
    hostile_files.grow_table(project / "releases" / "1.0.0")
    for words in (["verify", "1.0.0"], ["export", "releases/1.0.0", "out", "--format", "csv"], ["train", "1.0.0"]):
        name = f"a release of a few kB that unpacks to gigabytes, {words[0]}"
        yield Attack("budget", "bombs at other doors", name, judged(ran(words, project), (3, 4)))


def paths(at: Ground) -> Iterator[Attack]:
    """Names and links that lead outside."""
    precious = at.work / "precious.txt"
    precious.write_text("precious words of another project stand in this file\n")
    project = at.copy(at.pages)
    (project / "pages" / "link.txt").symlink_to(precious)
    fault = judged(ran(["ingest"], project), (0, 3))
    if fault is None and b"precious words" in (project / "articles.parquet").read_bytes():
        fault = "the words behind a link became an article"
    yield Attack("paths", "links", "a page", fault)
    project = at.copy(at.answered)
    (project / ".toolkit" / "lock").unlink(missing_ok=True)
    (project / ".toolkit" / "lock").symlink_to(precious)
    fault = judged(ran(["segment"], project), (0, 1, 3))
    if not precious.read_text().startswith("precious"):
        fault = "a file behind a link was emptied"
    yield Attack("paths", "links", "the lock", fault)
    for how in hostile_files.MANIFESTS:
        project = at.copy(at.released)
        release = project / "releases" / "1.0.0"
        hostile_files.change_manifest(release, how, at.work / "ESCAPED")
        for words in (
            ["export", str(release), str(project / "out"), "--format", "csv"],
            ["verify", str(release)],
            ["diff", str(release), str(release)],
            ["hydrate", str(release), str(project / "whole")],
        ):
            fault = judged(ran(words, project), (3,))
            if list(at.work.glob("ESCAPED*")):
                fault = "a file was written outside"
            yield Attack("paths", "manifests of a stranger", f"{how}, {words[0]}", fault)


def loss(at: Ground) -> Iterator[Attack]:
    """What is gone, changed or out of date is said before anything is built on it."""

    def without_last_rows(project: Path) -> None:
        log = project / "annotations" / "log.jsonl"
        log.write_bytes(b"".join(log.read_bytes().splitlines(keepends=True)[:-3]))

    def flipped(project: Path) -> None:
        log = project / "annotations" / "log.jsonl"
        log.write_bytes(log.read_bytes().replace(b'"claim"', b'"denial"', 1))

    def flipped_bytes(project: Path) -> None:
        path = project / "articles.parquet"
        content = bytearray(path.read_bytes())
        content[::50] = bytes(255 - byte for byte in content[::50])
        path.write_bytes(content)

    def edited(project: Path) -> None:
        with (project / "pages" / "mill.txt").open("a") as page:
            page.write("One more sentence stands here now.\n")

    pull = ["pull", "--from-export", str(at.export)]
    changes: dict[str, tuple[Callable[[Path], object], list[str], tuple[int, ...]]] = {
        "the key of the pseudonyms is gone": (lambda p: shutil.rmtree(p / ".secrets"), pull, (3,)),
        "the last rows of the log are gone": (without_last_rows, ["adjudicate"], (3,)),
        "the last rows of the log are gone, pull": (without_last_rows, pull, (3,)),
        "the log is gone": (lambda p: (p / "annotations" / "log.jsonl").unlink(), ["build", "1.1.0"], (3,)),
        "a label of the log was flipped": (flipped, ["verify"], (4,)),
        "toolkit.yaml was emptied": (lambda p: (p / "toolkit.yaml").write_text(""), ["status"], (3,)),
        "bytes of articles.parquet were flipped": (flipped_bytes, ["segment"], (3,)),
        "a page was edited": (edited, ["build", "1.1.0"], (3, 4)),
        "a file of a release was changed": (
            lambda p: (p / "releases" / "1.0.0" / "splits.json").write_text("{}"),
            ["verify", "1.0.0"],
            (3, 4),
        ),
    }
    for name, (change, words, codes) in changes.items():
        project = at.copy(at.released)
        change(project)
        yield Attack("loss", "what is gone or changed", name, judged(ran(words, project), codes))


def growth(at: Ground) -> Iterator[Attack]:
    """Long words and long lines in a page, through ingest and segment, in a minute each."""
    long_texts = {
        "a word of 120 kB": "Write to desk@paper.example. " + "a" * 120_000,
        "5,000 digits": f"At least {'9' * 5000} people were killed in the blast, the ministry said.",
        "60,000 brackets": "(" * 60_000 + " It rained here all day.",
        "30,000 abbreviations": "U.S. " * 30_000 + "It rained here all day.",
        "20,000 figures": "five killed " * 20_000,
    }
    for name, text in long_texts.items():
        project = at.copy(at.pages)
        hostile_files.put(project, "long.txt", f"A title here\n\n{text}\n\n{hostile_files.GOOD}".encode())
        fault = judged(ran(["ingest"], project), (0, 6)) or judged(ran(["segment"], project), (0,))
        yield Attack("growth", "long texts", name, fault)


def terminal(at: Ground) -> Iterator[Attack]:
    """Escapes of a terminal in titles, texts and names of files."""
    project = at.copy(at.pages)
    row = {"title": "\x1b]0;owned\x07Title", "text": "A sentence \x1b[2J stands here with some other words."}
    hostile_files.put(project, "a.jsonl", json.dumps(row).encode() + b"\n")
    hostile_files.put(project, "bad\x1b]0;owned\x07.txt", b"\0\1")
    for words in (["ingest"], ["ingest", "--explain", "pages/a.jsonl"], ["segment"], ["status"], ["doctor"]):
        yield Attack("terminal", "escapes", " ".join(words), judged(ran(words, project), (0, 1, 3, 5, 6)))
    answers = '{"text": "It \\u001b[2J rained."}\n{"text": 5, "\\u001b]0;x": 1}\n'
    (project / "lines.jsonl").write_text(answers)
    words = ["predict", "--file", "lines.jsonl", "--model", "none-\x1b[2J"]
    yield Attack("terminal", "escapes", "predict", judged(ran(words, project), (0, 2, 3)))


def kill(at: Ground) -> Iterator[Attack]:
    """Kill -9, and the same command again."""
    for command, (project, words) in _mutating(at).items():
        if at.commands and command not in at.commands:
            continue
        folder = Path(tempfile.mkdtemp(dir=at.work))
        start = folder / "start"
        shutil.copytree(project, start, symlinks=True)
        if command in _REMADE:
            (start / _REMADE[command]).unlink(missing_ok=True)
        tried, faults = survived(words, start, folder, at.kills)
        shutil.rmtree(folder)
        if tried - len(faults):
            yield Attack("kill", command, "", None, tried - len(faults))
        for fault in faults:
            yield Attack("kill", command, words[0], fault)


_REMADE = {"segment": "sentences.parquet", "adjudicate": "gold.parquet", "agreement": "reports/agreement.json"}
"""Command → what is taken away first, as it would have nothing to do."""


def _mutating(at: Ground) -> dict[str, tuple[Path, list[str]]]:
    """Return every command that writes → the project that it starts from, and its words."""
    rows = at.work / "suggested.jsonl"
    rows.write_text('{"text": "Rain fell on the mill all day long.", "labels": ["none"]}\n' * 3)
    documents = at.work / "documents.csv"
    documents.write_text("text,label,annotator\nIt rained.,none,ada\nIt did not rain.,denial,ada\n")
    return {
        "init": (at.answered, ["init", "inner"]),
        "ingest": (at.pages, ["ingest"]),
        "segment": (at.answered, ["segment"]),
        "import": (at.answered, ["import", "annotated-csv", str(documents), "--project", ".", "--no-judge"]),
        "pull (a file)": (at.answered, ["pull", "--from-export", str(at.export)]),
        "schema migrate": (_to_migrate(at), ["schema", "migrate", "migration.yaml", "--write-config"]),
        "agreement": (at.released, ["agreement"]),
        "adjudicate": (at.released, ["adjudicate"]),
        "build": (at.released, ["build", "1.1.0"]),
        "export": (at.released, ["export", "releases/1.0.0", "out", "--format", "csv"]),
        "publish (a folder)": (at.released, ["publish", "1.0.0", "--to", "published"]),
        "train": (at.released, ["train", "--baseline", "majority"]),
        "select": (at.released, ["select"]),
        "suggest (a file)": (at.released, ["suggest", "--model", str(rows)]),
        "report": (at.released, ["report"]),
    }


def _to_migrate(at: Ground) -> Path:
    """Return the project with answers, a new version of its schema, and the migration to it."""
    from toolkit.project import Workspace
    from toolkit.schema.schema_file import find

    project = at.work / "migrated"
    shutil.copytree(at.released, project, symlinks=True)
    name, _, old = Workspace(project).config.schema_name.partition("@")
    text = find(f"{name}@{old}").read_text(encoding="utf-8")
    (project / "schemas" / name).mkdir(parents=True, exist_ok=True)
    (project / "schemas" / name / "2.0.0.yaml").write_text(
        re.sub(r"\bdenial\b", "denied", text.replace(f"version: {old}", "version: 2.0.0"))
    )
    (project / "migration.yaml").write_text(
        f"from: {name}@{old}\nto: {name}@2.0.0\nreviewed_by: ada\n"
        "steps: [{type: rename, label: denial, to: denied}]\n"
    )
    return project


def database(at: Ground) -> Iterator[Attack]:
    """PostgreSQL goes away under a running Label Studio, between two commands and in the middle of one."""
    from database import cluster, is_here

    from toolkit.labelstudio.server import embedded

    home = Path(os.environ.get("TOOLKIT_STUDIO_HOME", ROOT / ".cache" / "studio")).absolute()
    if not is_here():
        print("database: skipped, there is no PostgreSQL", file=sys.stderr)
        return
    outside = Path(tempfile.mkdtemp(prefix="faults-postgres-"))
    outside.chmod(0o755)  # another user's cluster lies below it
    data = at.work / "studio"
    try:
        with cluster(outside / "cluster") as postgres:
            studio = embedded.start(home=home, data=data, database_url=postgres.url)
            try:
                yield from _without_database(at, postgres, studio)
            finally:
                embedded.stop(data=data)
    finally:
        shutil.rmtree(outside, ignore_errors=True)


def _without_database(at: Ground, postgres: Any, studio: Any) -> Iterator[Attack]:
    from toolkit.labelstudio import Server, replay
    from toolkit.project import Workspace

    variables = {"LABEL_STUDIO_URL": studio.url, "LABEL_STUDIO_API_KEY": str(studio.token)}
    project = at.copy(at.answered)
    postgres.down()
    for word in ("push", "status"):
        fault = judged(ran([word], project, environment=variables), (5,), seconds=60)
        yield Attack("database", "a command without PostgreSQL", word, fault)
    postgres.up()
    yield Attack(
        "database", "the next run with it", "push", judged(ran(["push"], project, environment=variables), (0,))
    )
    with Server(studio.url, str(studio.token)) as server:
        replay(Workspace(project), list(at.recorded), server=server)
    kept = at.work / "pushed"
    shutil.copytree(project, kept)
    undisturbed = at.work / "undisturbed"
    shutil.copytree(kept, undisturbed)
    _sure(ran(["pull"], undisturbed, environment=variables))
    wanted = (undisturbed / "annotations" / "log.jsonl").read_bytes()
    for part in range(4):
        project = at.copy(kept)
        going = threading.Timer(0.2 + 0.4 * part, postgres.down)
        going.start()
        run = ran(["pull"], project, environment=variables)
        going.join()
        yield Attack("database", "gone in the middle of a command", f"pull, {part}", judged(run, (0, 5, 6)))
        fault = judged(ran(["pull"], project, environment=variables), (5,))
        yield Attack("database", "a command without PostgreSQL", f"pull, {part}", fault)
        postgres.up()
        fault = judged(ran(["pull"], project, environment=variables), (0,))
        if fault is None and (project / "annotations" / "log.jsonl").read_bytes() != wanted:
            fault = "the log has other bytes than an undisturbed pull's"
        yield Attack("database", "the next run with it", f"pull, {part}", fault)


CLASSES: dict[str, Callable[[Ground], Iterator[Attack]]] = {
    "border": border,
    "server": server,
    "budget": budget,
    "paths": paths,
    "loss": loss,
    "growth": growth,
    "terminal": terminal,
    "kill": kill,
    "database": database,
}


def attacks(only: Iterable[str], kills: int, share: int, commands: Sequence[str]) -> Iterator[Attack]:
    """Yield the attacks of some classes with their outcomes."""
    import toolkit.api.facade
    import toolkit.cli.app
    import toolkit.ingest.stage
    import toolkit.labelstudio.pull.stage
    import toolkit.release.stage  # noqa: F401  # what every fork has then loaded

    warnings.simplefilter("ignore", DeprecationWarning)  # of forking beside the threads of the hostile servers
    for name in ("LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY", "TOOLKIT_DEBUG"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        os.environ["XDG_CACHE_HOME"] = os.environ["HOME"] = folder
        at = ground(Path(folder), kills, share, commands)
        for name in only:
            yield from CLASSES[name](at)


def main() -> int:
    """Print the table, then what was not survived."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(CLASSES), help="classes, with commas between them")
    parser.add_argument("--kills", type=int, default=20, help="kills per command")
    parser.add_argument(
        "--commands", default="", help="kill these alone, with commas between them, such as init,export"
    )
    parser.add_argument("--share", type=int, default=1, help="try every n-th of the spoilt exports")
    parser.add_argument("--json", type=Path, help="write the outcomes here too")
    chosen = parser.parse_args()
    rows: dict[tuple[str, str], list[int]] = {}
    failed: list[Attack] = []
    every: list[Attack] = []
    commands = [word for word in chosen.commands.split(",") if word]
    for attack in attacks(chosen.only.split(","), chosen.kills, chosen.share, commands):
        counts = rows.setdefault((attack.group, attack.kind), [0, 0])
        counts[0] += attack.tried
        counts[1] += attack.tried if attack.fault is None else 0
        every.append(attack)
        if counts[0] == attack.tried:
            print(f"{attack.group}: {attack.kind} …", file=sys.stderr, flush=True)
        if attack.fault is not None:
            failed.append(attack)
            print(f"! {attack.kind}: {attack.name}: {attack.fault}", file=sys.stderr, flush=True)
    print(f"{'class':10}{'kind':36}{'tried':>6}{'survived':>10}")
    for (group, kind), (tried, lived) in rows.items():
        print(f"{group:10}{kind:36}{tried:6}{lived:10}")
    print(f"{'':10}{'together':36}{sum(row[0] for row in rows.values()):6}{sum(row[1] for row in rows.values()):10}")
    if chosen.json:
        chosen.json.write_text(json.dumps([vars(attack) if hasattr(attack, "__dict__") else {} for attack in every]))
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
