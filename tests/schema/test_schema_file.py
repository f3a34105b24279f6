"""Schemas are found by name, version or path, and parsed once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.schema.weather import GOOD, faults
from toolkit.errors import InvalidInput, UsageError
from toolkit.schema import check, load, parse, shipped


def test_a_good_schema_has_no_fault() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize("path", sorted(shipped("schemas").glob("*/*.yaml")), ids=lambda path: path.parent.name)
def test_shipped_schemas_check_clean(path: Path) -> None:
    assert check(path) == []


def test_no_mapping_is_no_schema() -> None:
    assert "a schema is a mapping" in faults("- a\n- b\n")[0]
    assert "a schema is a mapping" in faults("")[0]


def test_name_and_version_agree_with_the_path() -> None:
    assert faults(GOOD, "schemas/weather/1.2.0.yaml") == []
    assert "the version is 1.2.0, and the file is called 1.3.0.yaml" in faults(GOOD, "schemas/weather/1.3.0.yaml")[0]
    assert "the folder is called 'climate'" in faults(GOOD, "schemas/climate/1.2.0.yaml")[0]


def test_a_schema_is_found_by_name_version_or_path(tmp_path: Path) -> None:
    assert load("news_events") == load("news_events@1.1.0")
    assert load("claims").ref == "claims@1.0.1"
    path = tmp_path / "weather.yaml"
    path.write_text(GOOD)
    assert load(path).label_ids == ("rain", "none")
    with pytest.raises(UsageError, match="did you mean 'news_events'"):
        load("news_event")
    with pytest.raises(UsageError, match=r"it has 1\.0\.0, 1\.0\.1"):
        load("claims@9.0.0")
    with pytest.raises(UsageError, match="no such schema file"):
        load(tmp_path / "absent.yaml")


def test_the_digest_is_of_the_content_not_of_its_layout() -> None:
    comment = "# a comment\n" + GOOD.replace("title: Weather", 'title: "Weather"')
    assert parse(comment).digest == parse(GOOD).digest
    assert parse(GOOD.replace("It pours.", "It's pouring.")).digest != parse(GOOD).digest


def test_a_file_is_parsed_once_until_it_is_edited(tmp_path: Path) -> None:
    path = tmp_path / "weather.yaml"
    path.write_text(GOOD)
    first = load(path)
    assert load(path) is first
    path.write_text(GOOD.replace("It pours.", "It drips."))  # of the same length, within the same tick of the clock
    assert load(path).labels[0].positives[1].text == "It drips."
    path.write_text(GOOD)
    assert load(path) == first


def test_faults_are_not_remembered(tmp_path: Path) -> None:
    path = tmp_path / "weather.yaml"
    path.write_text(GOOD.replace("layer: sky", "layer: skies"))
    for _ in range(2):
        with pytest.raises(InvalidInput, match="there is no layer 'skies'"):
            load(path)
        assert len(check(path)) == 1
    path.write_text(GOOD)
    assert load(path).ref == "weather@1.2.0"
    assert check(path) == []


def test_a_file_is_checked_under_each_of_its_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether name and version agree with the path depends on the path that was given."""
    (tmp_path / "climate").mkdir()
    (tmp_path / "climate" / "1.2.0.yaml").write_text(GOOD)
    monkeypatch.chdir(tmp_path / "climate")
    assert load("1.2.0.yaml").name == "weather"
    with pytest.raises(InvalidInput, match="the folder is called 'climate'"):
        load("../climate/1.2.0.yaml")
