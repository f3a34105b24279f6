"""What a team runs: compose.yaml and the workflow fit their schemas, and say what the program and the server know."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from toolkit.cli.app import app
from toolkit.labelstudio.server.install import VERSION

pytest.importorskip("check_jsonschema")

ROOT = Path(__file__).parents[1]
COMPOSE, WORKFLOW = ROOT / "compose.yaml", ROOT / "docs" / "how-to" / "dataset.yml"


@pytest.mark.parametrize(("file", "schema"), [(COMPOSE, "compose-spec"), (WORKFLOW, "github-workflows")])
def test_it_fits_its_schema(file: Path, schema: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_services_are_those_that_the_program_knows() -> None:
    services: dict[str, Any] = yaml.safe_load(COMPOSE.read_bytes())["services"]
    assert services["studio"]["image"] == f"heartexlabs/label-studio:{VERSION}"
    assert {"database", "studio", "suggestions"} == set(services)
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
    serve = typer.main.get_command(app).commands["serve"]  # type: ignore[attr-defined]
    known = {option for parameter in serve.params for option in parameter.opts}
    name, *words = services["suggestions"]["command"]
    assert name == "serve"
    assert {word for word in words if word.startswith("--")} <= known
    same = {"DJANGO_DB": "default", "POSTGRE_HOST": "database"}
    assert same.items() <= services["studio"]["environment"].items()


def test_no_secret_stands_in_a_file() -> None:
    for name, service in yaml.safe_load(COMPOSE.read_bytes())["services"].items():
        for variable, value in service["environment"].items():
            if re.search("PASSWORD|TOKEN|KEY", variable) and "ENABLE" not in variable:
                assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), (name, variable)


def test_every_command_of_the_workflow_is_one() -> None:
    jobs = yaml.safe_load(WORKFLOW.read_bytes())["jobs"]
    lines = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    words = [word for line in lines for word in re.findall(r"(?:^|&& )toolkit ([a-z-]+)", line)]
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert len(words) > 10
    assert set(words) <= set(commands)


def test_what_is_said_to_hold_a_claim_is_there() -> None:
    named = re.findall(r"(?:tests|scripts)/[\w/]+\.py", (ROOT / "docs" / "comparison.md").read_text(encoding="utf-8"))
    assert len(named) > 20
    assert not [name for name in named if not (ROOT / name).is_file()]
