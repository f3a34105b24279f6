"""The same model as a scikit-learn pipeline, kept as a deflated skops file for people who work in scikit-learn."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import LabelBinarizer

from toolkit.baselines.data.targets import Floats
from toolkit.baselines.models.baseline import Model
from toolkit.errors import InvalidInput, UsageError
from toolkit.limits import Budget, Limits
from toolkit.project.files import write_atomic

SKOPS = "model.skops"

_SCHEMA = "schema.json"
_ADDRESS = re.compile(rb'("__id__": |"file": ")(\d+)')  # within a string, the quotes would be escaped


def pipeline(model: Model) -> Pipeline:
    """Return a model as a fitted scikit-learn pipeline from texts to probabilities and labels.

    Two single labels: `predict_proba` [N, 2] and `predict`, with the threshold. Multi-label: `predict` [N, labels] of
    0 and 1, with the thresholds but blind to exclusive labels, and `predict_proba` as a list of [N, 2]. More than two
    single labels: `predict_proba` [N, labels]; its `predict` takes the most probable one, where `Model.predict` weighs
    probabilities by the thresholds.

    Raises:
        UsageError: The model reads no text, or embeddings, which scikit-learn has not.
    """
    if not model.blocks or model.embeds:
        why = "its embeddings are none of scikit-learn's" if model.embeds else "it reads no text"
        raise UsageError(f"a {model.baseline} model has no scikit-learn pipeline: {why}")
    vectorizers = [block.vectorizer() for block in model.blocks]
    union = FeatureUnion([(f"block{number}", part) for number, part in enumerate(vectorizers)])
    steps = Pipeline([("features", union), ("classifier", _classifier(model))])
    for vectorizer in vectorizers:
        if not isinstance(vectorizer, HashingVectorizer):
            vectorizer.transform([""])  # turns the given vocabulary into a fitted one …
            vectorizer.set_params(vocabulary=None)  # … which need not be stored twice
            vars(vectorizer).pop("_stop_words_id", None)  # a memory address, another one in every process
    return steps


def save_pipeline(model: Model, directory: Path | str) -> Path:
    """Write `pipeline(model)` as `model.skops` into a directory; return the file. Raises as `pipeline`.

    The same model is the same bytes, as far as scikit-learn and skops are the same versions.
    """
    import skops.io  # takes as long to import as scikit-learn, and answering needs none of it

    buffer = io.BytesIO()
    skops.io.dump(pipeline(model), buffer)
    path = Path(directory) / SKOPS
    write_atomic(path, _canonical(buffer.getvalue()))
    return path


def load_pipeline(path: Path | str) -> Any:
    """Read a skops file that holds nothing but what skops trusts.

    Raises:
        InvalidInput: It is not a skops file, or it holds types that are not trusted; the message names them.
    """
    import skops.io

    path = Path(path)
    try:
        with zipfile.ZipFile(path) as package:
            budget = Budget(str(path), Limits.here(), lambda: path.stat().st_size)
            budget.count(len(package.infolist()))
            budget.check(sum(member.file_size for member in package.infolist()))
        strange = skops.io.get_untrusted_types(file=path)
        if not strange:
            return skops.io.load(path, trusted=[])
    except (OSError, zipfile.BadZipFile, zlib.error, KeyError, ValueError) as error:
        raise InvalidInput(
            f"is not a skops file: {error}", where=str(path), remedy="fetch or train it again"
        ) from error
    raise InvalidInput(
        f"holds types that are not trusted: {', '.join(sorted(strange))}",
        where=str(path),
        remedy="fetch or train it again",
    )


def _canonical(content: bytes) -> bytes:
    """Number a skops file's objects by their order, where skops names them by memory address, and drop the clock."""
    numbers: dict[bytes, int] = {}

    def renamed(found: re.Match[bytes]) -> bytes:
        return b"%s%d" % (found[1], numbers.setdefault(found[2], len(numbers)))

    canonical = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(canonical, "w") as target:
        parts = {_SCHEMA: _ADDRESS.sub(renamed, source.read(_SCHEMA))}
        for name in source.namelist():
            if name != _SCHEMA:
                address, _, suffix = name.partition(".")
                parts[f"{numbers[address.encode()]}.{suffix}"] = source.read(name)
        for name, part in sorted(parts.items()):
            entry = zipfile.ZipInfo(name)  # dated 1980
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, part)
    return canonical.getvalue()


def _classifier(model: Model) -> Any:
    targets = model.targets
    if targets.multi:
        several = MultiOutputClassifier(LogisticRegression(solver="liblinear"))
        several.estimators_ = [
            _thresholded(_logistic(model.weights[[number]], model.bias[[number]], np.array([0, 1])), 1, limit)
            for number, limit in enumerate(model.thresholds)
        ]
        several.classes_ = [np.array([0, 1]) for _ in targets.names]
        return several
    names = np.array(targets.names)
    if targets.positive is None:
        rest = OneVsRestClassifier(LogisticRegression(solver="liblinear"))
        rest.label_binarizer_ = LabelBinarizer(sparse_output=True).fit(names)
        rest.classes_ = rest.label_binarizer_.classes_
        rest.estimators_ = [
            _logistic(model.weights[[number]], model.bias[[number]], np.array([0, 1])) for number in range(len(names))
        ]
        return rest
    sign = 1.0 if targets.positive == targets.names[1] else -1.0
    return _thresholded(
        _logistic(sign * model.weights, sign * model.bias, names), targets.positive, model.thresholds[0]
    )


def _logistic(weights: Floats, bias: Floats, classes: npt.NDArray[Any]) -> LogisticRegression:
    fitted = LogisticRegression(solver="liblinear")
    fitted.coef_, fitted.intercept_, fitted.classes_ = weights, bias, classes
    fitted.n_features_in_, fitted.n_iter_ = weights.shape[1], np.array([1])
    return fitted


def _thresholded(fitted: LogisticRegression, positive: Any, threshold: float) -> FixedThresholdClassifier:
    wrapped = FixedThresholdClassifier(
        fitted, threshold=float(threshold), pos_label=positive, response_method="predict_proba"
    )
    wrapped.estimator_ = fitted
    return wrapped
