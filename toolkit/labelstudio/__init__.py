"""The link with Label Studio: the only room that knows its API, its JSON and its server.

The verbs are imported when they are first used, so that a command that needs none of them starts at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from toolkit.labelstudio import studio
    from toolkit.labelstudio.arrivals import PullResult
    from toolkit.labelstudio.calibration import push_calibration
    from toolkit.labelstudio.config import render_config
    from toolkit.labelstudio.connecting import connect
    from toolkit.labelstudio.disputes import push_disputes
    from toolkit.labelstudio.export import Import, read_export, read_export_all
    from toolkit.labelstudio.exporting import export_tasks
    from toolkit.labelstudio.fetching import pull
    from toolkit.labelstudio.headstart import HeadStart, PushedSuggestions
    from toolkit.labelstudio.importing import pull_export
    from toolkit.labelstudio.inference import infer_schema
    from toolkit.labelstudio.ml_backend import backend, listen, serve
    from toolkit.labelstudio.predictions import Suggestion, push_predictions
    from toolkit.labelstudio.prefill import push_figures
    from toolkit.labelstudio.replaying import ReplayResult, replay
    from toolkit.labelstudio.sending import PushResult, push, sent_by
    from toolkit.labelstudio.server import Server
    from toolkit.labelstudio.standing import Standing, status, waiting
    from toolkit.labelstudio.suggesting import Asked, Suggester

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
    "pull",
    "pull_export",
    "push",
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
    "studio",
    "waiting",
]

_HOMES = {
    "arrivals": ("PullResult",),
    "ml_backend": ("backend", "listen", "serve"),
    "calibration": ("push_calibration",),
    "connecting": ("connect",),
    "config": ("render_config",),
    "disputes": ("push_disputes",),
    "export": ("Import", "read_export", "read_export_all"),
    "exporting": ("export_tasks",),
    "fetching": ("pull",),
    "headstart": ("HeadStart", "PushedSuggestions"),
    "importing": ("pull_export",),
    "inference": ("infer_schema",),
    "predictions": ("Suggestion", "push_predictions"),
    "prefill": ("push_figures",),
    "replaying": ("ReplayResult", "replay"),
    "sending": ("PushResult", "push", "sent_by"),
    "server": ("Server",),
    "standing": ("Standing", "status", "waiting"),
    "suggesting": ("Asked", "Suggester"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    if name == "studio":
        return import_module(f"{__name__}.studio")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
