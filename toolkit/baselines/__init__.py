"""Baseline classifiers: the line to beat. The only room that knows scikit-learn."""

from toolkit.baselines.bootstrap import Comparison, Figure
from toolkit.baselines.evaluation import Evaluation, compare, evaluate
from toolkit.baselines.model import Model
from toolkit.baselines.predicting import Prediction, predictions
from toolkit.baselines.reading import iter_rows, read_rows, rows_of_release
from toolkit.baselines.rows import Rows, concat
from toolkit.baselines.runs import Run, evaluate_release, train_files, train_release
from toolkit.baselines.skops_file import load_pipeline, pipeline, save_pipeline
from toolkit.baselines.stored import load, save
from toolkit.baselines.streaming import train_stream
from toolkit.baselines.targets import Targets
from toolkit.baselines.training import train

__all__ = [
    "Comparison",
    "Evaluation",
    "Figure",
    "Model",
    "Prediction",
    "Rows",
    "Run",
    "Targets",
    "compare",
    "concat",
    "evaluate",
    "evaluate_release",
    "iter_rows",
    "load",
    "load_pipeline",
    "pipeline",
    "predictions",
    "read_rows",
    "rows_of_release",
    "save",
    "save_pipeline",
    "train",
    "train_files",
    "train_release",
    "train_stream",
]
