"""The span baseline: which words are a figure, a source, a cue. A chain of tags beside the figure reader."""

from toolkit.baselines.spans.figure_values import FigureValues, figure_values
from toolkit.baselines.spans.relation_scores import evaluate_relations
from toolkit.baselines.spans.span_ceiling import PersonSpans, span_ceiling
from toolkit.baselines.spans.span_files import load_spans, save_spans, span_contents
from toolkit.baselines.spans.span_rows import SpanRows, has_spans, span_rows_of_release
from toolkit.baselines.spans.span_scores import SpanEvaluation, SpanScores, evaluate_spans, figure_reader
from toolkit.baselines.spans.span_training import held_out_spans, train_spans
from toolkit.baselines.spans.tagger import SpanModel

__all__ = [
    "FigureValues",
    "PersonSpans",
    "SpanEvaluation",
    "SpanModel",
    "SpanRows",
    "SpanScores",
    "evaluate_relations",
    "evaluate_spans",
    "figure_reader",
    "figure_values",
    "has_spans",
    "held_out_spans",
    "load_spans",
    "save_spans",
    "span_ceiling",
    "span_contents",
    "span_rows_of_release",
    "train_spans",
]
