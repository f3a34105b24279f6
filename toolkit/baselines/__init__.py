"""Baseline classifiers: the line to beat. The only package that knows scikit-learn."""

from toolkit.baselines.data.row_checks import Finding, look, refuse
from toolkit.baselines.data.row_reader import iter_rows, read_rows, rows_of_release
from toolkit.baselines.data.rows import Rows, concat
from toolkit.baselines.data.targets import Targets
from toolkit.baselines.evaluation.grouped_counts import PairedTest
from toolkit.baselines.evaluation.on_release import evaluate_release, quiz_score, schema_note
from toolkit.baselines.evaluation.score_attribution import ScoreChange, score_changes
from toolkit.baselines.evaluation.scores import Evaluation, compare, evaluate
from toolkit.baselines.models.baseline import Model, predictions
from toolkit.baselines.models.model_files import check_place, digest_of, load, save
from toolkit.baselines.models.sklearn_export import load_pipeline, pipeline, save_pipeline
from toolkit.baselines.selection.ranking import Selected, select
from toolkit.baselines.training.curve import Curve, annotator_curve, sentence_curve
from toolkit.baselines.training.fit import train
from toolkit.baselines.training.stream import train_stream
from toolkit.baselines.training.training_run import Run, train_files, train_release

__all__ = [
    "Curve",
    "Evaluation",
    "Finding",
    "Model",
    "PairedTest",
    "Rows",
    "Run",
    "ScoreChange",
    "Selected",
    "Targets",
    "annotator_curve",
    "check_place",
    "compare",
    "concat",
    "digest_of",
    "evaluate",
    "evaluate_release",
    "iter_rows",
    "load",
    "load_pipeline",
    "look",
    "pipeline",
    "predictions",
    "quiz_score",
    "read_rows",
    "refuse",
    "rows_of_release",
    "save",
    "save_pipeline",
    "schema_note",
    "score_changes",
    "select",
    "sentence_curve",
    "train",
    "train_files",
    "train_release",
    "train_stream",
]
