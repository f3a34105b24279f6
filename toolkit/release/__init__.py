"""Releases: gold, answers and articles frozen as a versioned dataset directory.

`build` freezes a project, `load` opens a release, `diff` compares two, `hydrate` puts text back where a release carries
none, and `file_leakage` finds rows of a test file that stand in the training file.
"""

from toolkit.release.compare.release_diff import ConfigDiff, ReleaseDiff, diff, patch
from toolkit.release.export.hydration import Hydration, Missing, hydrate
from toolkit.release.freeze import freeze
from toolkit.release.leakage import Leakage, file_leakage, text_leakage
from toolkit.release.privacy.withheld import TextRule
from toolkit.release.reader import Release, is_pattern, load
from toolkit.release.splits import SplitRow, story_splits
from toolkit.release.stage import Build, build, newest
from toolkit.release.tables.corpus import Corpus
from toolkit.release.terms import Terms
from toolkit.release.versions import Version

__all__ = [
    "Build",
    "ConfigDiff",
    "Corpus",
    "Hydration",
    "Leakage",
    "Missing",
    "Release",
    "ReleaseDiff",
    "SplitRow",
    "Terms",
    "TextRule",
    "Version",
    "build",
    "diff",
    "file_leakage",
    "freeze",
    "hydrate",
    "is_pattern",
    "load",
    "newest",
    "patch",
    "story_splits",
    "text_leakage",
]
