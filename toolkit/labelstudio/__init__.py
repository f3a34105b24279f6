"""The link with Label Studio: the only room that knows its API, its JSON and its server.

The verbs are imported when they are first used, so that a command that needs none of them starts at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit.labelstudio.client.connection import connect
    from toolkit.labelstudio.client.http_client import Server
    from toolkit.labelstudio.codec.export_writer import export_tasks
    from toolkit.labelstudio.codec.label_config import render_config
    from toolkit.labelstudio.progress import Standing, status, waiting
    from toolkit.labelstudio.pull.export_reader import Import, read_export, read_export_all
    from toolkit.labelstudio.pull.from_file import pull_export
    from toolkit.labelstudio.pull.log_writer import PullResult
    from toolkit.labelstudio.pull.schema_inference import infer_schema
    from toolkit.labelstudio.push.adjudication import push_disputes
    from toolkit.labelstudio.push.quiz_tasks import push_calibration
    from toolkit.labelstudio.push.stage import PushResult, sent_by
    from toolkit.labelstudio.server.replay import ReplayResult, replay
    from toolkit.labelstudio.suggest.casualty_prefill import push_figures
    from toolkit.labelstudio.suggest.holdout import HeadStart, PushedSuggestions
    from toolkit.labelstudio.suggest.ml_backend import backend, listen, serve
    from toolkit.labelstudio.suggest.predictions import Suggestion, push_predictions
    from toolkit.labelstudio.suggest.suggester import Asked, Suggester

__all__ = [
    "Asked",
    "HeadStart",
    "Import",
    "PullResult",
    "PushResult",
    "PushedSuggestions",
    "ReplayResult",
    "Server",
    "Standing",
    "Suggester",
    "Suggestion",
    "backend",
    "connect",
    "export_tasks",
    "infer_schema",
    "listen",
    "pull_export",
    "push_calibration",
    "push_disputes",
    "push_figures",
    "push_predictions",
    "read_export",
    "read_export_all",
    "render_config",
    "replay",
    "sent_by",
    "serve",
    "status",
    "waiting",
]

_HOMES = {
    "pull.log_writer": ("PullResult",),
    "suggest.ml_backend": ("backend", "listen", "serve"),
    "push.quiz_tasks": ("push_calibration",),
    "client.connection": ("connect",),
    "codec.label_config": ("render_config",),
    "push.adjudication": ("push_disputes",),
    "pull.export_reader": ("Import", "read_export", "read_export_all"),
    "codec.export_writer": ("export_tasks",),
    "suggest.holdout": ("HeadStart", "PushedSuggestions"),
    "pull.from_file": ("pull_export",),
    "pull.schema_inference": ("infer_schema",),
    "suggest.predictions": ("Suggestion", "push_predictions"),
    "suggest.casualty_prefill": ("push_figures",),
    "server.replay": ("ReplayResult", "replay"),
    "push.stage": ("PushResult", "sent_by"),
    "client.http_client": ("Server",),
    "progress": ("Standing", "status", "waiting"),
    "suggest.suggester": ("Asked", "Suggester"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
