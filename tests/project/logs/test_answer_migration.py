"""A migration of a project: the log grows by the same bytes every time, and only what a split leaves open is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from toolkit.errors import InvalidConfig, InvalidInput, UsageError
from toolkit.project import Workspace
from toolkit.project.logs.annotation_log import revision
from toolkit.project.logs.answer_migration import REQUEUE, migrate_answers, settled
from toolkit.records import Annotation, AttributeValue, Span

KIND = "{id: kind, title: Kind, type: choice, choices: [light, heavy]}"
UNIT = KIND + ", {id: unit, title: Unit, type: text}"
HEAD = "from: weather@1.0.0\nto: weather@{version}\nreviewed_by: a person\nsteps: [{steps}]\n"


def schema(version: str, *labels: str, fields: str = KIND, words: str = "d", gone: tuple[str, ...] = ()) -> str:
    """Return a schema with these labels beside `none`."""
    lines = [f"  - {{id: {label}, title: {label}, layer: sky, rule: r, retired: true}}\n" for label in gone]
    for label in (*labels, "none"):
        positives = ", ".join(f"{{text: {label} {number}, labels: [{label}]}}" for number in (1, 2))
        other = labels[0] if label == "none" else "none"
        misses = ", ".join(f"{{text: {other} {number} not {label}, labels: [{other}]}}" for number in (1, 2))
        only = ", exclusive: true" if label == "none" else ""
        lines.append(
            f"  - {{id: {label}, title: {label}, layer: sky, rule: r{only},"
            f" positives: [{positives}], near_misses: [{misses}]}}\n"
        )
    head = (
        f"name: weather\nversion: {version}\ntitle: t\ndescription: {words}\nlayers: [{{id: sky, title: t}}]\nlabels:\n"
    )
    return head + "".join(lines) + f"spans:\n  - {{id: AMOUNT, title: t, rule: r, attributes: [{fields}]}}\n"


def answer(number: int, *labels: str, who: str = "ann", skipped: bool = False, **fields: AttributeValue) -> Annotation:
    span = Span(span_id="a", label="AMOUNT", start=0, end=2, text="12", attributes=fields)
    return Annotation(
        annotation_id=f"a{number}-{who}",
        sentence_id=f"s{number}",
        annotator=who,
        labels=tuple(sorted(labels)),
        spans=(span,) if fields else (),
        schema="weather@1.0.0",
        created_at="2031-03-12T10:00:00Z",
        updated_at="2031-03-12T10:00:00Z",
        skipped=skipped,
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "project", title="Weather")
    made.write("schemas/weather/1.0.0.yaml", schema("1.0.0", "rain", "snow", "hail", "wind", "fog"))
    text = (made.root / "toolkit.yaml").read_text()
    made.write("toolkit.yaml", text.replace("news_events@1.0.0", "schemas/weather/1.0.0.yaml"))
    return Workspace(made.root)


def fill(workspace: Workspace, *answers: Annotation) -> None:
    workspace.annotations.append(
        revision(item, {"id": number, "result": []}) | {"place": "p"} for number, item in enumerate(answers)
    )


def target(workspace: Workspace, new: str, version: str, *steps: str) -> Path:
    """Put a new version and the migration to it into the project."""
    workspace.write(f"schemas/weather/{version}.yaml", new)
    steps_text = ", ".join(f"{{{step}}}" for step in steps)
    return workspace.write("migration.yaml", HEAD.format(version=version, steps=steps_text))


def labels(workspace: Workspace) -> list[tuple[str, ...]]:
    return [item.labels for item in workspace.answers()]


SPLIT_SCHEMA = schema("2.0.0", "rain", "snow", "hail", "fog", "breeze", "storm", gone=("wind",))
SPLIT = (
    "type: split, label: wind, into: [breeze, storm],"
    " by: {span: AMOUNT, attribute: kind, values: {light: breeze, heavy: storm}}"
)


@pytest.mark.parametrize(
    ("version", "new", "steps", "expected", "changed"),
    [
        ("1.0.1", schema("1.0.1", "rain", "snow", "hail", "wind", "fog", words="better words"), [], ["rain snow"], 0),
        ("1.1.0", schema("1.1.0", "rain", "snow", "hail", "wind", "fog", "sleet"), [], ["rain snow"], 0),
        (
            "2.0.0",
            schema("2.0.0", "snow", "hail", "wind", "fog", "rainfall", gone=("rain",)),
            ["type: rename, label: rain, to: rainfall"],
            ["rainfall snow"],
            1,
        ),
        (
            "2.0.0",
            schema("2.0.0", "wind", "hail", "fog", "wet", gone=("rain", "snow")),
            ["type: merge, labels: [rain, snow], to: wet"],
            ["wet"],
            1,
        ),
        (
            "2.0.0",
            schema("2.0.0", "hail", "wind", "fog", "snow", gone=("rain",)),
            ["type: retire, label: rain"],
            ["snow"],
            1,
        ),
    ],
    ids=["patch", "minor", "rename", "merge", "retire"],
)
def test_each_class_of_change_is_carried_into_the_log(
    workspace: Workspace, version: str, new: str, steps: list[str], expected: list[str], changed: int
) -> None:
    fill(workspace, answer(1, "rain", "snow"), answer(2, "fog"), answer(3, skipped=True))
    path = target(workspace, new, version, *steps)
    found = migrate_answers(workspace, path)
    assert found.counts == {"unchanged": 3 - changed, "changed": changed, "ambiguous": 0, "breaking": 0}
    assert labels(workspace) == [*(tuple(item.split()) for item in expected), ("fog",), ()]
    assert {item.schema for item in workspace.answers()} == {f"weather@{version}"}
    assert found.requeued == ()


def test_an_added_field_gets_the_value_that_the_migration_gives(workspace: Workspace) -> None:
    fill(workspace, answer(1, "rain", kind="light"), answer(2, "fog"))
    new = schema("1.1.0", "rain", "snow", "hail", "wind", "fog", fields=UNIT)
    found = migrate_answers(
        workspace, target(workspace, new, "1.1.0", "type: add_attribute, span: AMOUNT, attribute: unit, value: mm")
    )
    assert (found.counts["changed"], found.counts["unchanged"]) == (1, 1)
    assert workspace.answers()[0].spans[0].attributes == {"kind": "light", "unit": "mm"}


def test_a_split_asks_people_where_no_field_decides_and_nowhere_else(workspace: Workspace) -> None:
    both = [answer(n, "wind", who=who, kind="heavy") for n, who in ((1, "ann"), (1, "ben"))]
    fill(workspace, *both, answer(2, "wind"), answer(2, "fog", who="ben"), answer(3, "rain"))
    found = migrate_answers(workspace, target(workspace, SPLIT_SCHEMA, "2.0.0", SPLIT))
    assert found.counts == {"unchanged": 2, "changed": 2, "ambiguous": 1, "breaking": 0}
    assert labels(workspace) == [("storm",), ("storm",), ("fog",), ("rain",)]
    (queued,) = map(json.loads, workspace.path(REQUEUE).read_text().splitlines())
    assert (queued["sentence_id"], queued["annotator"], queued["labels"]) == ("s2", "ann", ["wind"])
    assert settled(workspace) == {"s1"}, "answered twice; s2 lost an answer and s3 had only one"


def test_a_dry_run_counts_and_changes_nothing(workspace: Workspace) -> None:
    fill(workspace, answer(1, "wind"))
    path = target(workspace, SPLIT_SCHEMA, "2.0.0", SPLIT)
    before = {file: file.read_bytes() for file in workspace.root.rglob("*") if file.is_file()}
    found = migrate_answers(workspace, path, dry_run=True, write_config=True)
    assert (found.counts["ambiguous"], found.requeued, found.configured) == (1, ("s1",), False)
    after = {file: file.read_bytes() for file in workspace.root.rglob("*") if file.is_file()}
    assert {file: data for file, data in after.items() if ".toolkit" not in str(file)} == before


def test_rows_are_only_added_and_a_second_run_adds_none(workspace: Workspace) -> None:
    fill(workspace, answer(1, "wind"), answer(2, "rain"))
    path = target(workspace, SPLIT_SCHEMA, "2.0.0", SPLIT)
    before = workspace.annotations.path.read_bytes()
    migrate_answers(workspace, path)
    after, queue = workspace.annotations.path.read_bytes(), workspace.path(REQUEUE).read_bytes()
    assert after.startswith(before)
    again = migrate_answers(workspace, path)
    assert again.up_to_date
    assert again.requeued == ("s1",)
    assert (workspace.annotations.path.read_bytes(), workspace.path(REQUEUE).read_bytes()) == (after, queue)


@pytest.mark.parametrize("kept", [1, 2, 3])
def test_a_migration_that_was_killed_goes_on_to_the_same_bytes(workspace: Workspace, kept: int) -> None:
    fill(workspace, answer(1, "wind"), answer(2, "rain"), answer(3, "wind", kind="light"))
    path = target(workspace, SPLIT_SCHEMA, "2.0.0", SPLIT)
    before = workspace.annotations.path.read_bytes().splitlines(keepends=True)
    head = workspace.path("annotations/log.head").read_bytes()
    migrate_answers(workspace, path)
    whole = workspace.annotations.path.read_bytes()
    lines = whole.splitlines(keepends=True)
    workspace.annotations.path.write_bytes(b"".join(lines[: len(before) + kept - 1]) + lines[-1][:20])
    workspace.path("annotations/log.head").write_bytes(head)  # it moves when all rows are written
    migrate_answers(workspace, path)
    assert workspace.annotations.path.read_bytes() == whole


def test_experts_answers_are_carried_too(workspace: Workspace) -> None:
    fill(workspace, answer(1, "rain"))
    workspace.adjudications.append([revision(answer(1, "wind", who="expert", kind="light"), {"id": 9})])
    found = migrate_answers(workspace, target(workspace, SPLIT_SCHEMA, "2.0.0", SPLIT))
    assert found.counts["expert changed"] == 1
    assert [item.labels for item in workspace.expert_answers()] == [("breeze",)]


def test_toolkit_yaml_is_changed_only_when_asked_and_keeps_its_comments(workspace: Workspace) -> None:
    fill(workspace, answer(1, "rain"))
    path = target(workspace, SPLIT_SCHEMA, "2.0.0", SPLIT)
    old = workspace.path("toolkit.yaml").read_text()
    first = migrate_answers(workspace, path)
    assert (first.schema, first.project, first.configured) == ("schemas/weather/2.0.0.yaml", "Weather 2.0.0", False)
    assert workspace.path("toolkit.yaml").read_text() == old
    assert migrate_answers(workspace, path, write_config=True).configured
    new = workspace.path("toolkit.yaml").read_text()
    assert new == old.replace("weather/1.0.0", "weather/2.0.0").replace(
        'project: "Weather"', 'project: "Weather 2.0.0"'
    )
    third = migrate_answers(Workspace(workspace.root), path, write_config=True)
    assert (third.project, third.configured) == ("Weather 2.0.0", True)


def test_a_compatible_page_keeps_its_project(workspace: Workspace) -> None:
    new = schema("1.1.0", "rain", "snow", "hail", "wind", "fog", "sleet")
    assert migrate_answers(workspace, target(workspace, new, "1.1.0")).project == "Weather"


def test_a_toolkit_yaml_that_a_program_should_not_touch_is_left_alone(workspace: Workspace) -> None:
    flow = '{label_studio: {project: "Weather"}, schema: schemas/weather/1.0.0.yaml}\n'
    workspace.write("toolkit.yaml", flow)
    workspace = Workspace(workspace.root)
    with pytest.raises(InvalidConfig, match="can't be changed safely"):
        migrate_answers(workspace, target(workspace, SPLIT_SCHEMA, "2.0.0", SPLIT), write_config=True)
    assert workspace.path("toolkit.yaml").read_text() == flow


def test_what_is_wrong_with_the_file_is_said(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no such migration file"):
        migrate_answers(workspace, "nowhere.yaml")
    with pytest.raises(InvalidInput, match="`from` has to be the NAME@VERSION"):
        migrate_answers(workspace, workspace.write("m.yaml", "from: weather\n"))
    with pytest.raises(UsageError, match=r"no schema weather@9\.0\.0; write it as schemas/weather/9\.0\.0\.yaml"):
        migrate_answers(workspace, workspace.write("m.yaml", "from: weather@1.0.0\nto: weather@9.0.0\n"))


@pytest.mark.parametrize("beside", ["the schema", "the migration"])
def test_the_next_version_is_found_under_any_name(beside: str, tmp_path: Path) -> None:
    first = tmp_path / "mine" / "weather.yaml"
    first.parent.mkdir()
    first.write_text(schema("1.0.0", "rain"))
    (tmp_path / "else").mkdir()
    folder = first.parent if beside == "the schema" else tmp_path / "else"
    (folder / "a.yaml").write_bytes(b"name: weather\xff\n")  # not ours to judge
    (folder / "weather-2.yaml").write_text(schema("1.1.0", "rain", "hail"))
    workspace = Workspace.create(tmp_path / "project", schema=str(first))
    assert workspace.config.release.title == "weather"  # the schema's own title has one letter only
    path = tmp_path / "else" / "steps.yaml"
    path.write_text(HEAD.format(version="1.1.0", steps=""))
    assert migrate_answers(workspace, path, write_config=True).configured
    assert Workspace(workspace.root).schema().ref == "weather@1.1.0"
