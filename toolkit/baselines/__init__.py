"""Baseline classifiers: the line to beat. The only room that knows scikit-learn."""

from toolkit.baselines.model import Model
from toolkit.baselines.reading import iter_rows, read_rows, rows_of_release
from toolkit.baselines.rows import Rows, concat
from toolkit.baselines.targets import Targets
from toolkit.baselines.training import train

__all__ = ["Model", "Rows", "Targets", "concat", "iter_rows", "read_rows", "rows_of_release", "train"]
