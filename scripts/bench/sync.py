"""Measure push and pull against raw loops and against label-studio-sdk, on one server, in one interleaved run.

    python scripts/bench/sync.py [--tasks 10000] [--big 50000] [--rounds 3] [--only push,pull,delta] [--json FILE]

A server is started in a fresh data directory (Label Studio as TOOLKIT_STUDIO_HOME or TOOLKIT_STUDIO_PYTHON say) and
stopped at the end. Ways alternate within a round and change their order from round to round, and the mean of the rounds
counts: one import request in five takes the server twice as long, so a fixed order would always burden the same way.

push    Seconds to send --tasks sentences: a bare loop of raw import requests of the same size, `toolkit push` with all
        that it does beside sending, and the naive SDK loop. Goal: push reaches 0.9 of the bare rate.
pull    Seconds for the first pull of --tasks tasks with one answer each: the server's own snapshot export saved to a
        file, `toolkit pull`, and the naive SDK loop over tasks.list. Goal: at most 1.15 of the snapshot.
delta   Seconds for a pull after 10 of --big tasks have changed, and for the first pull of them. Goal: under 1 %.
memory  Peak resident size of the process of a `toolkit` verb. Goal: under 300 MB.

Beside seconds, the processor time of the server and of the client is told: on a machine that others use, it's what can
be compared.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from toolkit.engine.arrow import parquet_bytes, to_table
from toolkit.labelstudio import Server
from toolkit.labelstudio.client import server_project
from toolkit.labelstudio.pull.pull_mark import OVERLAP
from toolkit.labelstudio.push.tasks import task_data
from toolkit.labelstudio.server import embedded
from toolkit.project import Workspace
from toolkit.records import Article, Page, Piece, Sentence

BATCH = 1000
PER_ARTICLE = 25
TICKS = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """What a way takes: wall clock, and seconds of processor time of the server and of the client."""

    seconds: float
    server: float = 0.0
    client: float = 0.0

    def since(self, before: Cost) -> Cost:
        """Return what was spent since another reading of the clocks."""
        return Cost(*(now - then for now, then in zip(self, before, strict=True)))


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--big", type=int, default=50_000)
    parser.add_argument("--only", default="push,pull,delta", help="parts to measure")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--child", nargs=2, metavar=("VERB", "PROJECT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(*options.child)
    else:
        measure(options)


def measure(options: argparse.Namespace) -> None:
    """Start a server, run the bench on it and print its table."""
    with tempfile.TemporaryDirectory() as scratch:
        running = embedded.start(data=Path(scratch) / "data")
        os.environ |= {"LABEL_STUDIO_URL": running.url, "LABEL_STUDIO_API_KEY": str(running.token)}
        try:
            with Server(running.url, str(running.token)) as server:
                bench = Bench(Path(scratch), server, options.rounds, running.pid)
                table = bench.run(options.tasks, options.big, options.only)
        finally:
            embedded.stop(data=Path(scratch) / "data")
    for name, value in table.items():
        print(f"{name:<48}{value:>12.3f}")
    if options.json:
        options.json.write_text(json.dumps(table, indent=1) + "\n")


def child(verb: str, project: str) -> None:
    """Run one verb and print seconds and peak memory; its own process, so that the peak is its own."""
    from toolkit.cli.app import ALLOCATIONS
    from toolkit.labelstudio import connect
    from toolkit.labelstudio.pull.stage import pull
    from toolkit.labelstudio.push.stage import push

    gc.set_threshold(ALLOCATIONS)
    workspace = Workspace(Path(project))
    with connect(workspace) as server:
        started, used = time.perf_counter(), time.process_time()
        {"push": push, "pull": pull, "full": lambda *a, **k: pull(*a, full=True, **k)}[verb](workspace, server=server)
        seconds, cpu = time.perf_counter() - started, time.process_time() - used
    print(json.dumps([seconds, cpu, peak()]))


def peak() -> float:
    """Return the peak resident size of this process in MB; what getrusage says begins with that of its parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


class Bench:
    """One run; see the module."""

    def __init__(self, scratch: Path, server: Server, rounds: int, pid: int) -> None:
        self.scratch, self.server, self.rounds, self.pid = scratch, server, rounds, pid
        self.table: dict[str, float] = {}
        self.memory = 0.0

    def run(self, tasks: int, big: int, only: str) -> dict[str, float]:
        """Measure the parts that are named."""
        if "push" in only:
            self.push(tasks)
        if "pull" in only:
            self.pull(tasks)
        if "delta" in only:
            self.delta(big)
        self.table["client memory, peak MB"] = self.memory
        return self.table

    def clocks(self) -> Cost:
        """Return the wall clock, and the processor time of the server and of this process so far."""
        ticks = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[11:15]
        return Cost(time.perf_counter(), sum(map(int, ticks)) / TICKS, time.process_time())

    def push(self, tasks: int) -> None:
        """Send the same sentences in turn by a bare loop, by push and by the SDK."""
        ways: dict[str, Callable[[str], Cost]] = {
            "bare": lambda name: self.bare_push(tasks, name),
            "push": lambda name: self.verb("push", self.workspace(tasks, name)),
            "sdk": lambda name: self.sdk_push(tasks, name),
        }
        seconds = self.alternate("push", ways)
        for way, shown in (("bare", "bare loop"), ("push", "toolkit"), ("sdk", "SDK import_tasks")):
            self.table[f"push: {shown}, tasks/s"] = tasks / seconds[way]
        self.table["push: toolkit / bare (goal >= 0.9)"] = seconds["bare"] / seconds["push"]

    def pull(self, tasks: int) -> None:
        """Read the same answers in turn by the raw snapshot, by pull and by the SDK."""
        project = self.annotated(tasks, "answered")
        ways: dict[str, Callable[[str], Cost]] = {
            "snapshot": lambda name: self.snapshot(project),
            "pull": lambda name: self.verb("pull", self.workspace(tasks, name, title="answered")),
            "sdk": lambda name: self.sdk_pull(project),
        }
        seconds = self.alternate("pull", ways)
        for way, shown in (("snapshot", "raw snapshot"), ("pull", "toolkit, first pull"), ("sdk", "SDK tasks.list")):
            self.table[f"pull: {shown}, s"] = seconds[way]
        self.table["pull: toolkit / snapshot (goal <= 1.15)"] = seconds["pull"] / seconds["snapshot"]

    def delta(self, tasks: int) -> None:
        """Pull a large project, change ten tasks, pull again."""
        project = self.annotated(tasks, "large")
        workspace = self.workspace(tasks, "delta", title="large")
        time.sleep(OVERLAP.total_seconds() + 1)  # what came within the overlap before a pull is listed again after it
        full = self.verb("pull", workspace).seconds
        small = []
        for turn in range(self.rounds):
            for task in islice(self.server.tasks(project, include="id", page_size=10), 10):
                body = {"result": choice("denial" if turn % 2 else "claim"), "lead_time": 1.0}
                self.server.post(f"/api/tasks/{task['id']}/annotations/", body)
            small.append(self.verb("pull", workspace).seconds)
        self.table[f"delta: full pull of {tasks} tasks, s"] = full
        self.table["delta: pull of 10 changed, s"] = statistics.median(small)
        self.table["delta: share, percent (goal < 1)"] = 100 * statistics.median(small) / full

    def alternate(self, what: str, ways: dict[str, Callable[[str], Cost]]) -> dict[str, float]:
        """Run all ways once a round, each round in another order, and return each one's mean seconds."""
        taken: dict[str, list[Cost]] = {name: [] for name in ways}
        orders = itertools.cycle(itertools.permutations(ways))
        for turn, order in zip(range(self.rounds), orders, strict=False):
            for name in order:
                taken[name].append(ways[name](f"{what} {name} {turn}"))
        for name, costs in taken.items():
            self.table[f"{what}: {name}, CPU s of the server"] = statistics.fmean(cost.server for cost in costs)
            self.table[f"{what}: {name}, CPU s of the client"] = statistics.fmean(cost.client for cost in costs)
        return {name: statistics.fmean(cost.seconds for cost in costs) for name, costs in taken.items()}

    def workspace(self, tasks: int, name: str, title: str | None = None) -> Workspace:
        """Make a project directory with so many sentences."""
        workspace = Workspace.create(self.scratch / name.replace(" ", "-"), title=title or name)
        articles = [article(number) for number in range(-(-tasks // PER_ARTICLE))]
        sentences = [sentence for one in articles for sentence in cut(one)][:tasks]
        workspace.write("articles.parquet", parquet_bytes(to_table(Article, articles)))
        workspace.write("sentences.parquet", parquet_bytes(to_table(Sentence, sentences)))
        return workspace

    def data(self, tasks: int, name: str) -> tuple[Workspace, list[dict[str, str]]]:
        """Return a project directory and what its push sends."""
        workspace = self.workspace(tasks, f"{name} source", title=name)
        return workspace, list(task_data(workspace.sentences(), workspace.articles()))

    def new_project(self, workspace: Workspace) -> int:
        """Make the project on the server."""
        settings = server_project.settings(workspace.schema(), workspace)
        return server_project.create(self.server, workspace.config.label_studio.project, settings).id

    def bare_push(self, tasks: int, name: str) -> Cost:
        """Send raw import requests and nothing else."""
        workspace, data = self.data(tasks, name)
        project = self.new_project(workspace)
        started = self.clocks()
        for start in range(0, tasks, BATCH):
            body = [{"data": item} for item in data[start : start + BATCH]]
            self.server.post(f"/api/projects/{project}/import", body)
        return self.clocks().since(started)

    def sdk_push(self, tasks: int, name: str) -> Cost:
        """Send with the SDK, as its documentation shows."""
        from label_studio_sdk.client import LabelStudio

        workspace, data = self.data(tasks, name)
        project = self.new_project(workspace)
        client = LabelStudio(base_url=self.server.url, api_key=os.environ["LABEL_STUDIO_API_KEY"])
        started = self.clocks()
        for start in range(0, tasks, BATCH):
            client.projects.import_tasks(project, request=[{"data": item} for item in data[start : start + BATCH]])
        return self.clocks().since(started)

    def annotated(self, tasks: int, name: str) -> int:
        """Make a project whose every task has an answer with two choices and a span."""
        workspace, data = self.data(tasks, name)
        project = self.new_project(workspace)
        for start in range(0, tasks, BATCH):
            body = [
                {"data": item, "annotations": [{"result": answer(item["text"]), "lead_time": 3.0}]}
                for item in data[start : start + BATCH]
            ]
            self.server.post(f"/api/projects/{project}/import", body)
        return project

    def snapshot(self, project: int) -> Cost:
        """Make the server's own snapshot and save it."""
        started = self.clocks()
        made: Any = self.server.post(f"/api/projects/{project}/exports/", {}, timeout=3600)
        path = f"/api/projects/{project}/exports/{made['id']}"
        with tempfile.TemporaryFile() as file:
            for piece in self.server.stream(f"{path}/download", exportType="JSON"):
                file.write(piece)
        cost = self.clocks().since(started)
        self.server.delete(path)
        return cost

    def sdk_pull(self, project: int) -> Cost:
        """Read every task with the SDK, as its documentation shows."""
        from label_studio_sdk.client import LabelStudio

        client = LabelStudio(base_url=self.server.url, api_key=os.environ["LABEL_STUDIO_API_KEY"], timeout=3600)
        started = self.clocks()
        for _ in client.tasks.list(project=project, fields="all"):
            pass
        return self.clocks().since(started)

    def verb(self, verb: str, workspace: Workspace) -> Cost:
        """Run a verb in a process of its own; note its memory."""
        command = [sys.executable, __file__, "--child", verb, str(workspace.root)]
        before = self.clocks()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        server = self.clocks().since(before).server
        seconds, client, peak = json.loads(done.stdout)
        self.memory = max(self.memory, peak)
        return Cost(seconds, server, client)


def article(number: int) -> Article:
    """Make an article of lines that no other article has."""
    line = "Report {} of day {}: the ferry to the northern island left its pier late, said the harbour master."
    text = "\n".join(line.format(index, number) for index in range(PER_ARTICLE))
    piece = Piece(start=0, end=len(text), byte_start=0, byte_end=len(text))
    return Article.of(text, page=Page.of(text.encode(), source=f"{number}.txt"), pieces=(piece,))


def cut(one: Article) -> list[Sentence]:
    """Cut an article into its lines."""
    sentences, at = [], 0
    for paragraph, line in enumerate(one.text.split("\n")):
        sentences.append(Sentence.of(one, at, at + len(line), paragraph=paragraph))
        at += len(line) + 1
    return sentences


def choice(label: str) -> list[dict[str, Any]]:
    """Return a result with one choice."""
    value = {"choices": [label]}
    return [{"id": "c1", "from_name": "speech_act", "to_name": "text", "type": "choices", "value": value}]


def answer(text: str) -> list[dict[str, Any]]:
    """Return a result with two choices and a span."""
    start = text.index("the harbour master")
    region = {"start": start, "end": start + 18, "text": "the harbour master"}
    spans = {
        "id": "s1",
        "from_name": "spans",
        "to_name": "text",
        "type": "labels",
        "value": region | {"labels": ["SOURCE"]},
    }
    kind = {
        "id": "s1",
        "from_name": "source_type",
        "to_name": "text",
        "type": "choices",
        "value": region | {"choices": ["person"]},
    }
    return [*choice("claim"), spans, kind]


if __name__ == "__main__":
    main()
