"""Releases: gold, answers and articles frozen as a versioned dataset directory, audited, loaded, compared."""

from toolkit.release.compare.release_diff import ConfigDiff, Diff, diff, patch
from toolkit.release.export.hydration import Hydration, Missing, hydrate
from toolkit.release.freeze import freeze
from toolkit.release.leakage import Leakage, audit, audit_files
from toolkit.release.privacy.text_policy import TextRule
from toolkit.release.reader import Release, is_pattern, load
from toolkit.release.splits import Row, assign
from toolkit.release.stage import Build, build, newest
from toolkit.release.tables.corpus import Corpus
from toolkit.release.terms import Terms
from toolkit.release.versions import Version

__all__ = [
    "Build",
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
    "freeze",
    "hydrate",
    "is_pattern",
    "load",
    "newest",
    "patch",
]
