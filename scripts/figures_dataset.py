"""Build the dataset of casualty figures from the sentences that ship with the package, by the project's own stages.

python scripts/figures_dataset.py DIR [--most N]     makes DIR, a project, and in it releases/1.0.0

The sentences (`toolkit.samples.figures()`, CC0) are read as annotated documents, decided, split and built as a release:
the figures are its spans, with bounds, qualifier and harm as fields. `toolkit publish` takes it from there.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from toolkit import Project, samples
from toolkit.exchange.annotated_document import AnnotatedDocument, Mention, in_order
from toolkit.exchange.catalogue import write_documents

TITLE, VERSION = "Casualty figures in sentences", "1.0.0"
FIELDS = ("low", "low_open", "high", "high_open", "qualifier", "harm")


def documents(most: int | None) -> Iterator[AnnotatedDocument]:
    """Yield the sentences with their figures; of each language the first `most`."""
    for path in sorted(samples.figures().glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[:most], start=1):
            row = json.loads(line)
            yield in_order(
                AnnotatedDocument(
                    name=f"{row['language']}-{number}",
                    text=row["sentence"],
                    annotator="authors",
                    labels=("figures" if row["figures"] else "no_figures",),
                    mentions=tuple(mention(at, figure) for at, figure in enumerate(row["figures"])),
                    metadata={"language": row["language"]},
                )
            )


def mention(number: int, figure: dict[str, Any]) -> Mention:
    """Return a figure as a span; a bound that is not there, or not open, is no field."""
    fields = {name: figure[name] for name in FIELDS if figure[name] not in (None, False)}
    place = (figure["start"], figure["end"])
    return Mention(mention_id=str(number), label="figure", fragments=(place,), attributes=fields)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the dataset."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--most", type=int, help="sentences per language; default: all")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "figures"
        write_documents("annotated-csv", list(documents(options.most)), corpus)
        Project.import_documents("annotated-csv", corpus, options.directory, title=TITLE)
    project = Project(options.directory)
    project.adjudicate()
    built = project.build(VERSION)
    print(f"{built.path}: {built.counts['default']} sentences, {built.counts['figures']} figures")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
