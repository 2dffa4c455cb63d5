"""What is shipped for containers, held against the package: no cluster and no Docker is at hand to try it in."""

from __future__ import annotations

import json
import os
import re
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from export_jobs.orchestration.generator.shard import all_shards

ROOT = Path(__file__).parents[2]
KUBERNETES = ROOT / "deploy" / "kubernetes"
SETTINGS = (ROOT / "plugins" / "export_jobs" / "settings.py").read_text("utf-8")
BUNDLES = "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST"
SCHEMA = os.environ.get("EXPORT_JOBS_CHART_SCHEMA", "")
"""A copy of ``chart/values.schema.json`` of Airflow's chart, which is too large to be kept here."""


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text("utf-8")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return found


@pytest.fixture(scope="module")
def pod() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((KUBERNETES / "pod_template.yaml").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((KUBERNETES / "values.yaml").read_text("utf-8"))
    return found


def environment(entries: list[dict[str, str]]) -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in entries}


def test_the_image_has_an_airflow_and_a_python_that_the_package_takes(dockerfile: str, project: dict[str, Any]) -> None:
    image = re.search(r"^ARG AIRFLOW_IMAGE=\S+:slim-([\d.]+)-python([\d.]+)$", dockerfile, re.MULTILINE)
    assert image
    (airflow,) = (one for one in map(Requirement, project["dependencies"]) if one.name == "apache-airflow")
    assert image[1] in airflow.specifier
    assert image[2] in SpecifierSet(project["requires-python"])


def test_the_image_copies_what_is_there_and_asks_for_extras_that_exist(
    dockerfile: str, project: dict[str, Any]
) -> None:
    copied = re.findall(r"^COPY (?:--\S+ )*(\S+) \S+$", dockerfile, re.MULTILINE)
    assert copied == ["include/sql", "dist/*.whl"]
    assert (ROOT / "include" / "sql").is_dir()
    wheel = re.search(r"ls /tmp/wheels/(\S+)-\*\.whl", dockerfile)
    assert wheel and wheel[1] == project["name"].replace("-", "_")
    extras = re.search(r"\$\{wheel\}\[([^]]+)\]", dockerfile)
    assert extras and set(extras[1].split(",")) <= set(project["optional-dependencies"])
    assert "s3-staging" in extras[1], "pods share what they stage"
    assert re.findall(r"^USER (\S+)$", dockerfile, re.MULTILINE)[-1] == "airflow"


def test_the_image_the_pod_and_the_values_name_settings_that_exist(
    dockerfile: str, pod: dict[str, Any], values: dict[str, Any]
) -> None:
    """A setting that is misspelt is silently its default."""
    named = {*re.findall(r"\b(EXPORT_JOBS_[A-Z_]+)=", dockerfile)}
    named |= environment(pod["spec"]["containers"][0]["env"]).keys() | environment(values["env"]).keys()
    ours = {name for name in named if name.startswith("EXPORT_JOBS_")}
    assert len(ours) >= 4
    assert [name for name in ours if f'"{name}"' not in SETTINGS] == []


def test_a_pod_can_write_to_nothing_but_folders_that_end_with_it(pod: dict[str, Any]) -> None:
    spec = pod["spec"]
    (container,) = spec["containers"]
    assert container["name"] == "base", "the executor looks for this name"
    assert spec["restartPolicy"] == "Never"
    assert (spec["securityContext"]["runAsNonRoot"], spec["securityContext"]["runAsUser"]) == (True, 50000)
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert all(volume["emptyDir"] == {} for volume in spec["volumes"])
    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in spec["volumes"]}
    mounts = [Path(mount["mountPath"]) for mount in container["volumeMounts"]]
    env = environment(container["env"])
    for name in (
        "AIRFLOW_HOME",
        "HOME",
        "TMPDIR",
        "EXPORT_JOBS_STATE",
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH",
    ):
        assert any(Path(env[name]).is_relative_to(mount) for mount in mounts), name
    assert not any("SQL_ALCHEMY_CONN" in name or "JWT_SECRET" in name for name in env)


def test_a_pod_has_the_settings_of_the_other_processes(pod: dict[str, Any], values: dict[str, Any]) -> None:
    """The number of shards, the staging root and the pools are part of the Dags, and so the same everywhere."""
    pods, others = environment(pod["spec"]["containers"][0]["env"]), environment(values["env"])
    assert {name: pods[name] for name in others} == others
    assert not others["EXPORT_JOBS_STAGING"].startswith("file:"), "each pod is a machine of its own"
    (bundle,) = json.loads(others[BUNDLES])
    assert bundle["classpath"] == "export_jobs.orchestration.dag_bundle.ExportJobsDagBundle"
    assert len(all_shards(bundle["kwargs"]["shards"])) == 64


@pytest.mark.skipif(
    not SCHEMA, reason="NOT CHECKED: EXPORT_JOBS_CHART_SCHEMA names no values.schema.json of Airflow's chart"
)
def test_the_chart_takes_the_values(values: dict[str, Any], pod: dict[str, Any]) -> None:
    validator = import_module("jsonschema").Draft7Validator(json.loads(Path(SCHEMA).read_text("utf-8")))
    faults = [
        f"{error.json_path}: {error.message}" for error in validator.iter_errors({**values, "podTemplate": str(pod)})
    ]
    assert faults == []
