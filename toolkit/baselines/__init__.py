"""Baseline classifiers: the line to beat. The only room that knows scikit-learn."""

from toolkit.baselines.bootstrap import Comparison, Figure
from toolkit.baselines.curve import Curve, annotator_curve, sentence_curve
from toolkit.baselines.evaluation import Evaluation, compare, evaluate
from toolkit.baselines.examples import quiz_score
from toolkit.baselines.judging import evaluate_release
from toolkit.baselines.model import Model
from toolkit.baselines.moved import Move, moves
from toolkit.baselines.predicting import Prediction, predictions
from toolkit.baselines.reading import iter_rows, read_rows, rows_of_release
from toolkit.baselines.rows import Rows, concat
from toolkit.baselines.runs import Run, train_files, train_release
from toolkit.baselines.schema_gap import schema_note
from toolkit.baselines.selecting import Selected, select
from toolkit.baselines.skops_file import load_pipeline, pipeline, save_pipeline
from toolkit.baselines.stored import check_place, load, save
from toolkit.baselines.streaming import train_stream
from toolkit.baselines.targets import Targets
from toolkit.baselines.training import train

__all__ = [
    "Comparison",
    "Curve",
    "Evaluation",
    "Figure",
    "Model",
    "Move",
    "Prediction",
    "Rows",
    "Run",
    "Selected",
    "Targets",
    "annotator_curve",
    "check_place",
    "compare",
    "concat",
    "evaluate",
    "evaluate_release",
    "iter_rows",
    "load",
    "load_pipeline",
    "moves",
    "pipeline",
    "predictions",
    "quiz_score",
    "read_rows",
    "rows_of_release",
    "save",
    "save_pipeline",
    "schema_note",
    "select",
    "sentence_curve",
    "train",
    "train_files",
    "train_release",
    "train_stream",
]
