"""The JSON Schema of the YAML follows from the model."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from toolkit.schema import json_schema, shipped

NAMES = ("claims", "news_events")


def test_the_committed_json_schema_is_the_model() -> None:
    assert (shipped("schemas") / "schema.json").read_text(encoding="utf-8") == json_schema()


@pytest.mark.parametrize("name", NAMES)
def test_the_json_schema_accepts_the_shipped_schemas(name: str) -> None:
    rules = json.loads(json_schema())
    jsonschema.Draft202012Validator.check_schema(rules)
    data = yaml.safe_load((shipped("schemas") / name / "1.0.0.yaml").read_text(encoding="utf-8"))
    jsonschema.validate(data, rules)
    data["labelz"] = []
    with pytest.raises(jsonschema.ValidationError, match="labelz"):
        jsonschema.validate(data, rules)
