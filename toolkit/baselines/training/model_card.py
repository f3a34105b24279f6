"""The model card: README.md with a model-index, its picture of F1 by label, metrics.json and requirements.txt."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import jinja2
import yaml

from toolkit.baselines.evaluation.scores import Evaluation, LabelScores
from toolkit.baselines.models.baseline import Model
from toolkit.baselines.models.ladder import LADDER
from toolkit.baselines.spans.span_scores import SpanEvaluation
from toolkit.encoders.encoder import ENCODERS
from toolkit.errors import tally
from toolkit.release.card.pictures import short
from toolkit.version import DISTRIBUTION, __version__, install_command

PICTURE = "f1.svg"

_LEFT, _WIDE, _TOP, _BELOW, _ROW = 300, 480, 12, 56, 26  # pixels: names, scores, margins, a label
_NAME = 36  # characters of a name that are shown


def f1_picture(evaluation: Evaluation, *, split: str) -> str:
    """Draw F1 of each label, most frequent first, with its interval, as SVG: the same bytes for the same scores.

    Names are text, which whoever shows the picture has letters for, in any script.

    Args:
        evaluation: With at least one label.
        split: What it was judged on, for the title.
    """
    rows = sorted(evaluation.labels, key=lambda row: (-row.support, row.label))
    height = _TOP + _ROW * len(rows) + _BELOW
    said = f"F1 on {split}, {tally(evaluation.rows, 'row')}; lines are 95 % intervals over groups"
    grid = [(_LEFT + _WIDE * tenth / 10, f"{tenth / 10:.1f}") for tenth in range(0, 11, 2)]
    bottom = height - _BELOW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDE + _TOP}" height="{height}" '
        f'font-family="sans-serif" font-size="13" role="img" aria-label="{escape(said, quote=True)}">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        *(f'<path d="M{x:.1f} {_TOP}V{bottom}" stroke="#dddddd"/>' for x, _ in grid),
        *(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle" fill="#333333">{told}</text>' for x, told in grid),
        *(line for place, row in enumerate(rows) for line in _drawn(_TOP + _ROW * (place + 0.5), row)),
        f'<text x="{_LEFT}" y="{bottom + 40}" fill="#333333">{escape(said)}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _drawn(middle: float, row: LabelScores) -> Iterator[str]:
    """Yield a label's name, its interval and its score; without an interval the dot is hollow."""
    yield (
        f'<text x="{_LEFT - 8}" y="{middle + 4:.1f}" text-anchor="end" fill="#000000">'
        f"{escape(short(row.label, _NAME))} ({row.support:,})</text>"
    )
    if row.f1.value is None:
        return
    sure = row.f1.low is not None and row.f1.high is not None
    if row.f1.low is not None and row.f1.high is not None:
        ends = f"M{_LEFT + _WIDE * row.f1.low:.1f} {middle:.1f}H{_LEFT + _WIDE * row.f1.high:.1f}"
        yield f'<path d="{ends}" stroke="#666666" stroke-width="2"/>'
    fill = "#0072b2" if sure else "#ffffff"
    yield f'<circle cx="{_LEFT + _WIDE * row.f1.value:.1f}" cy="{middle:.1f}" r="4.5" fill="{fill}" stroke="#0072b2"/>'


README, METRICS, REQUIREMENTS = "README.md", "metrics.json", "requirements.txt"

_NONE: Mapping[str, SpanEvaluation] = MappingProxyType({})

_TYPES = {"macro_f1": "f1", "micro_f1": "f1", "accuracy": "accuracy", "f1_positive": "f1"}
_NAMES = {"macro_f1": "macro F1", "micro_f1": "micro F1", "accuracy": "accuracy", "f1_positive": "F1 of the positive"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSource:
    """What a model was trained and judged on, as its card names it.

    Attributes:
        name: What people call it.
        dataset: Hub id "owner/name", if it has one.
        version: Version of the release, if it is one.
        revision: Git revision or tag of the dataset on the Hub.
        licence: SPDX id of the data's licence.
        splits: Split → name of the file that it was, where it was one.
    """

    name: str
    dataset: str | None = None
    version: str | None = None
    revision: str | None = None
    licence: str | None = None
    splits: Mapping[str, str] = field(default_factory=dict)


def metrics_json(evaluations: Mapping[str, Evaluation], spans: Mapping[str, SpanEvaluation] = _NONE) -> str:
    """Return metrics.json: split → evaluation without its errors table, which quotes the data; with "spans" if any."""
    kept = {split: {**item.to_dict(), "errors": len(item.errors)} for split, item in evaluations.items()}
    for split, found in spans.items():
        kept[split]["spans"] = found.to_dict()
    return json.dumps(kept, ensure_ascii=False, indent=2) + "\n"


def requirements(model: Model) -> str:
    """Return requirements.txt: what a model that was just trained was trained with, version by version."""
    names = (
        "numpy",
        "scipy",
        "scikit-learn",
        "safetensors",
        "skops",
        *dict.fromkeys(package for name in model.encoders for package in ENCODERS[name].packages),
    )
    return f"{DISTRIBUTION}=={__version__}\n" + "".join(f"{name}=={version(name)}\n" for name in names)


def card(
    model: Model,
    name: str,
    source: DataSource,
    evaluations: Mapping[str, Evaluation],
    spans: Mapping[str, SpanEvaluation] = _NONE,
) -> str:
    """Return README.md.

    Args:
        model: The model.
        name: Its name in the model-index.
        source: What it was trained on.
        evaluations: Split → evaluation; may be empty.
        spans: Split → evaluation of the spans that are found; may be empty.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # noqa: S701  # Markdown, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["score"] = _score
    environment.filters["code"] = _code
    return environment.get_template("model_card.md.jinja").render(
        metadata=yaml.safe_dump(_metadata(name, source, evaluations), sort_keys=False, allow_unicode=True),
        model=model,
        name=name,
        source=source,
        summary=LADDER[model.baseline].summary,
        tried=model.facts[model.chosen_by],
        blended=any(LADDER[name].embeds for name in model.facts[model.chosen_by]),
        evaluations=evaluations,
        spans=spans,
        sklearn=version("scikit-learn"),
        installs=[install_command(extra) for extra in dict.fromkeys(ENCODERS[name].extra for name in model.encoders)],
        measures=_NAMES,
        picture=PICTURE if evaluations else None,
    )


def _metadata(name: str, source: DataSource, evaluations: Mapping[str, Evaluation]) -> dict[str, Any]:
    data: dict[str, Any] = {"pipeline_tag": "text-classification", "tags": ["baseline", "scikit-learn", "safetensors"]}
    if source.licence:
        data["license"] = source.licence.lower()
    if source.dataset:
        data["datasets"] = [source.dataset]
    if evaluations:
        results = [_result(source, split, item) for split, item in evaluations.items()]
        data["model-index"] = [{"name": name, "results": results}]
    return data


def _result(source: DataSource, split: str, evaluation: Evaluation) -> dict[str, Any]:
    name = source.splits.get(split, source.name)
    dataset: dict[str, Any] = {"name": name, "type": source.dataset or name, "split": split}
    if source.revision or source.version:
        dataset["revision"] = source.revision or f"v{source.version}"
    found = evaluation.to_dict()
    metrics = [
        {"type": kind, "name": _NAMES[key], "value": found[key]["value"]}
        for key, kind in _TYPES.items()
        if found[key] and found[key]["value"] is not None
    ]
    return {"task": {"type": "text-classification"}, "dataset": dataset, "metrics": metrics}


def _code(name: str) -> str:
    """Write a name as code in a cell of a table, where a bar would end the cell and a backtick the code."""
    return f"`{name}`" if not set(name) & set("|`") else f"<code>{escape(name).replace('|', '&#124;')}</code>"


def _score(item: Any) -> str:
    """Write a score as "0.612 (0.570 to 0.655)", an undefined one as a dash."""
    if item is None or item.value is None:
        return "–"
    if item.low is None:
        return f"{item.value:.3f}"
    return f"{item.value:.3f} ({item.low:.3f} to {item.high:.3f})"
