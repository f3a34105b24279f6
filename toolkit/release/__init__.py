"""Releases: gold, answers and articles frozen as a versioned dataset directory, audited, loaded, compared."""

from toolkit.release.build import build, newest, standing
from toolkit.release.corpus import Corpus, gather
from toolkit.release.diff import ConfigDiff, Diff, diff
from toolkit.release.export import export
from toolkit.release.freeze import freeze
from toolkit.release.hydrate import Hydration, Missing, hydrate
from toolkit.release.leakage import Leakage, audit, audit_files
from toolkit.release.patch import patch
from toolkit.release.release import Release, is_pattern, load
from toolkit.release.rights import TextRule
from toolkit.release.splits import Row, assign
from toolkit.release.terms import Terms
from toolkit.release.versions import Version

__all__ = [
    "ConfigDiff",
    "Corpus",
    "Diff",
    "Hydration",
    "Leakage",
    "Missing",
    "Release",
    "Row",
    "Terms",
    "TextRule",
    "Version",
    "assign",
    "audit",
    "audit_files",
    "build",
    "diff",
    "export",
    "freeze",
    "gather",
    "hydrate",
    "is_pattern",
    "load",
    "newest",
    "patch",
    "standing",
]
