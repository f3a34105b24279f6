"""Faults of a migration's YAML."""

from __future__ import annotations

import pytest

from tests.schema.weather import small
from toolkit.errors import InvalidInput
from toolkit.schema import parse, parse_migration

KIND = "{id: kind, title: Kind, type: choice, choices: [light, heavy]}"


OLD = parse(small("1.0.0", "rain snow hail wind fog none", fields=KIND))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "from: weather@0.9.0\nto: weather@2.0.0\nreviewed_by: x\nsteps: []\n",
            "m.yaml:1:1: it migrates answers under weather@0.9.0",
        ),
        (
            "from: weather@1.0.0\nto: weather@2.0.0\nreviewed_by: ' '\nsteps: []\n",
            "m.yaml:3:1: it names no person who reviewed it",
        ),
        ("from: weather@1.0.0\nto: weather@2.0.0\nsteps: []\n", "m.yaml:1:1: 'reviewed_by' is missing"),
        ("from: weather@1.0.0\nto: weather@2.0.0\nreviewed_by: x\nsteps: []\n", "label 'fog' can no longer be given"),
        (
            "from: weather@1.0.0\nto: weather@2.0.0\nreviewed_by: x\nsteps:\n  - {type: retire, label: fgo}\n",
            "m.yaml:5:5: weather@1.0.0 has no label 'fgo' that can be given; did you mean 'fog'?",
        ),
        (
            "from: weather@1.0.0\nto: weather@2.0.0\nreviewed_by: x\nsteps:\n  - {type: drop, label: fog}\n",
            "m.yaml:5:5: the type of a step is one of rename, merge, split, retire, add_attribute",
        ),
        (
            "from: weather@1.0.0\nto: weather@2.0.0\nreviewed_by: x\nsteps:\n  - {type: retire, labl: fog}\n",
            "m.yaml:5:20: unknown key 'labl'; did you mean 'label'? @ steps[0].labl",
        ),
        ("from: weather@1.0.0\nto: weather@2.0.0\nreviewed_by: x\nsteps: [7]\n", "a step is a mapping, not 7"),
    ],
)
def test_faults_of_a_migration_are_found_at_their_place(text: str, expected: str) -> None:
    new = parse(small("2.0.0", "rain snow hail wind fog:retired none", fields=KIND))
    with pytest.raises(InvalidInput) as caught:
        parse_migration(text, OLD, new, name="m.yaml")
    assert any(expected in str(fault) for fault in caught.value.faults), caught.value.faults
