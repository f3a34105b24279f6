"""The span baseline: which words are a figure, a source, a cue. A linear tagger beside the figure reader."""

from toolkit.baselines.spans.evaluation import SpanEvaluation, SpanScores, evaluate_spans, figure_reader
from toolkit.baselines.spans.rows import SpanRows, has_spans, span_rows_of_release
from toolkit.baselines.spans.stored import load_spans, save_spans, span_contents
from toolkit.baselines.spans.tagger import SpanModel
from toolkit.baselines.spans.training import train_spans

__all__ = [
    "SpanEvaluation",
    "SpanModel",
    "SpanRows",
    "SpanScores",
    "evaluate_spans",
    "figure_reader",
    "has_spans",
    "load_spans",
    "save_spans",
    "span_contents",
    "span_rows_of_release",
    "train_spans",
]
