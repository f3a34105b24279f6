"""How fast pages become sentences, stories and Parquet, beside datasets.map(num_proc=2) in the same run.

    python scripts/bench/scale.py [DIR] [--articles N] [--repeat N] [--keep FOLDER]

Makes N short articles as JSON Lines by varying the texts below DIR (*.jsonl or *.jsonl.gz with `text` a line), or
sentences of its own: a run of five sentences of a text in which every third word or so is another text's; 3 % are such
an article with two words changed, 1 % one once more. Then both take turns: the verbs behind `toolkit ingest` and
`toolkit segment`, and the same functions mapped by datasets over two processes. Wall clock and CPU seconds count from
the start of a process to its end, memory is the most that it and its workers held at once (PSS, so that shared pages
count once). Both must write the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

SHARD = 50_000
SENTENCES = 5
CHANGED = 0.3
NEAR, EXACT = 0.03, 0.01
OUTPUTS = ("articles.parquet", "sentences.parquet")
INVENTED = """The harbour council of Ostrava Bay met on Tuesday to vote on a new ferry tariff.
Dr. Lindqvist said that the old pier would not carry another winter.
Two of its seven members stayed away, and the vote was put off until March.
"We have asked for a survey since 2019," she told reporters outside the hall.
Farmers from the upper valley blocked the road for 3.5 hours with their tractors.
Police counted about 400 people; the organisers spoke of twice as many.
No one was hurt, but a stall of the weekly market was knocked over.
The ministry promised an answer by the end of the month.
A spokesman for the Mr. Baker chain declined to say how many shops would close.
Rain is expected from Friday, with winds of up to 80 km/h along the coast."""


def texts(folder: Path | None) -> list[list[str]]:
    """Return texts as sentences."""
    if folder is None:
        return [INVENTED.split("\n")]
    found = []
    for path in sorted([*folder.glob("*.jsonl"), *folder.glob("*.jsonl.gz")]):
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
            found += [re.split(r"(?<=[.!?])\s+", json.loads(line)["text"]) for line in file]
    return [text for text in found if len(text) >= SENTENCES] or sys.exit(f"no *.jsonl with `text` in {folder}")


def articles(folder: Path | None, count: int) -> Iterator[dict[str, str]]:
    """Yield pages, the same for the same arguments."""
    chance = random.Random(count)  # noqa: S311  # variation, not secrets
    pool = texts(folder)
    words = [word for text in pool for sentence in text for word in sentence.split()]
    recent: list[list[str]] = [["Nothing", "yet."]]
    for number in range(count):
        lot = chance.random()
        if lot < NEAR + EXACT:
            body = list(chance.choice(recent))
            if lot < NEAR:
                for _ in range(2):
                    body[chance.randrange(len(body))] = chance.choice(words)
        else:
            text = chance.choice(pool)
            start = chance.randrange(len(text) - SENTENCES + 1)
            body = " ".join(text[start : start + SENTENCES]).split()[:120]
            body = [chance.choice(words) if chance.random() < CHANGED else word for word in body]
            recent = [*recent[-999:], body] if number % 10 == 0 else recent
        yield {"text": " ".join(body), "url": f"https://news.example/{number}", "language": "en"}


def make_pages(folder: Path | None, count: int, target: Path) -> None:
    """Write the pages as JSON Lines, 50,000 a file."""
    target.mkdir(parents=True)
    rows = articles(folder, count)
    for shard in range(0, count, SHARD):
        with (target / f"part-{shard // SHARD:04}.jsonl").open("w", encoding="utf-8") as file:
            for _ in range(min(SHARD, count - shard)):
                file.write(json.dumps(next(rows), ensure_ascii=False) + "\n")


def with_toolkit(project: Path) -> None:
    """Run the two verbs of the library."""
    from toolkit.ingest import stage as ingest_stage
    from toolkit.project import Workspace
    from toolkit.segment import stage as segment_stage

    workspace = Workspace.find(project)
    for outcome in (ingest_stage.ingest(workspace), segment_stage.segment(workspace)):
        print(f"    {outcome.stage} {outcome.seconds:.1f} s {dict(outcome.counts)}", flush=True)


def with_datasets(project: Path) -> None:
    """Do the same with datasets: what its documentation shows, on Arrow tables, with the functions of the toolkit."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    from datasets import Dataset, disable_progress_bars

    from toolkit.engine import Chunk
    from toolkit.engine.arrow import arrow_schema, write_parquet
    from toolkit.engine.page_source import PageFile
    from toolkit.ingest import is_silent, pages, story_ids
    from toolkit.ingest.article_table import Copies, first_and_shared
    from toolkit.ingest.layout.boilerplate import count_lines, recurring
    from toolkit.ingest.page_chunks import read_pages
    from toolkit.ingest.stage import settings_of
    from toolkit.project import Workspace
    from toolkit.records import Article, Sentence, to_row
    from toolkit.segment.stage import cut

    def rows(files: list[PageFile]) -> Iterator[dict[str, object]]:
        for found in files:
            with found.open() as file:
                for raw in pages(file, source=found.source):
                    row = {field.name: getattr(raw, field.name) for field in fields(raw)}
                    yield row | {"page": to_row(raw.page), "kind": raw.page.kind, "silent": is_silent(raw)}

    def count_batch(table: pa.Table) -> pa.Table:
        return count_lines(table, columns={})[0]

    def read_batch(table: pa.Table) -> pa.Table:
        return read_pages(table, settings=settings)[0].drop_columns(["reject", "fault"])

    def cut_batch(table: pa.Table) -> pa.Table:
        return cut(table, splitter="rules")[0]

    disable_progress_bars()
    cache = str(project / "cache")
    names = arrow_schema(Article).names
    workspace = Workspace.find(project)
    files = workspace.page_files()
    each = {"batched": True, "batch_size": 2000, "num_proc": 2}
    # A fingerprint spares datasets to disassemble all that the functions refer to: a minute whatever the corpus, or a
    # RecursionError.
    given = {"gen_kwargs": {"files": files}, "cache_dir": cache, "fingerprint": "pages"}
    opened = Dataset.from_generator(rows, **given).with_format("arrow")
    how = workspace.config.ingest
    settings = settings_of(how, project)
    if not pc.all(opened.data.column("silent")).as_py():
        counted = opened.map(count_batch, **each, remove_columns=opened.column_names, new_fingerprint="count")
        settings = settings_of(how, project, recurring([Chunk(held=(counted.data.table,))], how.recurring))
    read = opened.map(read_batch, **each, remove_columns=opened.column_names, new_fingerprint="read")
    table = read.data.table
    kept, shared = first_and_shared(table.column("article_id").to_numpy().astype("S24"))
    first = np.flatnonzero(kept).tolist()
    chosen = table.select(["article_id", "signature"]).filter(pa.array(kept))
    texts = table.column("text")
    stories = pa.array(
        story_ids(
            chosen.column("article_id").to_pylist(),
            chosen.column("signature").to_pylist(),
            lambda place: texts[first[place]].as_py(),
        ),
        pa.string(),
    )
    copies = Copies([Chunk(held=(table,))], shared)

    def finished() -> Iterator[pa.Table]:
        written = 0
        for start in range(0, len(kept), 2000):
            part = table.slice(start, 2000).select(names).filter(pa.array(kept[start : start + 2000]))
            part = copies.merged_into(part.cast(arrow_schema(Article)))
            story = stories.slice(written, part.num_rows)
            written += part.num_rows
            yield part.set_column(names.index("story_id"), "story_id", story).cast(arrow_schema(Article))

    write_parquet(project / OUTPUTS[0], arrow_schema(Article), finished())
    found = Dataset.from_parquet(str(project / OUTPUTS[0]), cache_dir=cache).with_format("arrow")
    sentences = found.map(cut_batch, **each, remove_columns=found.column_names, new_fingerprint="cut")
    schema = arrow_schema(Sentence)
    write_parquet(project / OUTPUTS[1], schema, (table.cast(schema) for table in sentences.iter(20_000)))


CONTENDERS = {"toolkit": with_toolkit, "datasets.map(num_proc=2)": with_datasets}


@dataclass
class Run:
    """What a run took.

    Attributes:
        seconds: Wall clock.
        cpu: Seconds of all its processes.
        peak: Bytes.
        digests: SHA-256 of the outputs.
    """

    seconds: float
    cpu: float
    peak: int
    digests: list[str]


def held(session: int) -> int:
    """Return the bytes that the processes of a session hold, shared ones divided."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(folder.name)) == session:
                total += int(re.search(r"^Pss:\s+(\d+)", (folder / "smaps_rollup").read_text(), re.M)[1]) * 1024
        except (OSError, TypeError):  # it ended meanwhile
            continue
    return total


def measure(name: str, pages: Path, project: Path) -> Run:
    """Run a contender in a process of its own and look at its memory, at most twice a second."""
    from toolkit.project import Workspace

    Workspace.create(project)
    (project / "pages").rmdir()
    (project / "pages").symlink_to(pages, target_is_directory=True)
    command = [sys.executable, __file__, "--run", name, "--keep", str(project)]
    started = time.perf_counter()
    process = subprocess.Popen(command, start_new_session=True)
    peak = 0
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        looked = time.perf_counter()
        peak = max(peak, held(process.pid))
        time.sleep(max(0.5, 100 * (time.perf_counter() - looked)))  # a look takes time from who uses both processors
    if status:
        sys.exit(f"{name} ended with {status}")
    digests = [hashlib.file_digest((project / file).open("rb"), "sha256").hexdigest() for file in OUTPUTS]
    return Run(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, peak, digests)


def compare(folder: Path | None, count: int, repeat: int, scratch: Path) -> bool:
    """Run both in turns, print the table and tell whether the bytes are the same and the toolkit is the faster."""
    started = time.perf_counter()
    make_pages(folder, count, scratch / "pages")
    print(f"{count:,} pages made in {time.perf_counter() - started:.0f} s")
    runs: dict[str, list[Run]] = {name: [] for name in CONTENDERS}
    for turn in range(repeat):
        for name in CONTENDERS if turn % 2 == 0 else reversed(CONTENDERS):
            project = scratch / f"{name.partition('.')[0]}-{turn}"
            runs[name].append(run := measure(name, scratch / "pages", project))
            used = f"{run.seconds:.1f} s, {run.cpu:.1f} CPU s, {run.peak / 1e6:.0f} MB, load {os.getloadavg()[0]:.1f}"
            print(f"  {name} {used}", flush=True)
            subprocess.run(["rm", "-rf", project / "cache"], check=True)
    print(f"\n{'':26}{'wall s':>8} {'pages/s':>8} {'CPU s':>8} {'peak MB':>8}")
    middle = {name: statistics.median(run.seconds for run in found) for name, found in runs.items()}
    for name, found in runs.items():
        cpu, peak = statistics.median(run.cpu for run in found), max(run.peak for run in found) / 1e6
        print(f"{name:26}{middle[name]:8.1f} {count / middle[name]:8.0f} {cpu:8.1f} {peak:8.0f}")
    ratio = middle["datasets.map(num_proc=2)"] / middle["toolkit"]
    same = len({tuple(run.digests) for found in runs.values() for run in found}) == 1
    print(f"ratio {ratio:.2f}; the bytes of all runs are {'the same' if same else 'NOT the same'}")
    return same and ratio > 1


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="texts to vary; default: invented ones")
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="an empty folder to work in; default: a temporary one")
    parser.add_argument("--run", choices=CONTENDERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        CONTENDERS[options.run](options.keep)
        return
    with tempfile.TemporaryDirectory() as temporary:
        good = compare(options.folder, options.articles, options.repeat, options.keep or Path(temporary))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
