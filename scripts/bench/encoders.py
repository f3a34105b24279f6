"""Measure what an embedding costs: milliseconds of processor time per sentence, memory, and the size of the packages.

    python scripts/bench/encoders.py DIR [--sentences 200]

DIR is that of baselines.py. Each encoder that is installed runs in a process of its own, on one thread; of each set it
embeds the same sentences, spread over the file. What the embeddings are worth is measured by classifiers.py.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from importlib.metadata import files
from pathlib import Path

os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"))

from baselines import TASKS, _read

from toolkit.encoders.encoder import ENCODERS, opened
from toolkit.errors import InvalidInput


def measured(name: str, folder: Path, sentences: int) -> dict[str, float]:
    """Return set → milliseconds per sentence, and the megabytes that the process came to."""
    encode = opened(name)
    found = {}
    for folder_name, train in {(task.folder, task.train[0]): None for task in TASKS}:
        texts = _read(folder / folder_name, train).texts
        some = texts[:: max(len(texts) // sentences, 1)][:sentences]
        encode(some[:1])
        started = time.process_time()
        encode(some)
        found[f"{folder_name} {train}"] = round(1000 * (time.process_time() - started) / len(some), 2)
    return found | {"memory, MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)}


def size_of(packages: tuple[str, ...]) -> int:
    """Return the megabytes that packages take on the disk."""
    paths = [path.locate() for package in packages for path in files(package) or ()]
    return round(sum(Path(path).stat().st_size for path in paths if Path(path).is_file()) / 1e6)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--encoder", help="measure one, here, and print JSON")
    options = parser.parse_args()
    if options.encoder:
        print(json.dumps(measured(options.encoder, options.directory, options.sentences)))
        return
    rows = {}
    for name, about in ENCODERS.items():
        try:
            opened(name)
        except InvalidInput as error:
            print(f"{name} is left out: {error}", file=sys.stderr)
            continue
        command = [sys.executable, __file__, str(options.directory), "--sentences", str(options.sentences)]
        said = subprocess.run([*command, "--encoder", name], check=True, capture_output=True, text=True).stdout
        rows[name] = json.loads(said) | {"packages, MB": size_of(about.packages)}
    columns = list(next(iter(rows.values())))
    print("| | " + " | ".join(columns) + " |\n|" + "---|" * (len(columns) + 1))
    for name, row in rows.items():
        print(f"| {name} | " + " | ".join(str(row[column]) for column in columns) + " |")


if __name__ == "__main__":
    main()
