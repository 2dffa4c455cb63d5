"""What is shipped for containers, held against the package: no cluster and no Docker is at hand to try it in."""

from __future__ import annotations

import json
import os
import re
import shlex
import tomllib
from importlib import import_module
from importlib.util import find_spec
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
EXTRACT = Path(__file__).with_name("chart_properties.json")
SCHEMA = os.environ.get("EXPORT_JOBS_CHART_SCHEMA", "")
"""A copy of the chart's whole ``values.schema.json``, which is too large to be kept here."""
COUNTED_ON = {
    "apache-airflow-providers-cncf-kubernetes": "KubernetesExecutor is in it, which the scheduler loads",
    "apache-airflow-providers-fab": "the chart's auth manager is in it, and its command `airflow users create`",
}
REMOTE_LOGS = [
    f"AIRFLOW__LOGGING__{name}" for name in ("REMOTE_LOGGING", "REMOTE_BASE_LOG_FOLDER", "REMOTE_LOG_CONN_ID")
]
PAGE_LOGIN, TASKS_LOGIN = "AIRFLOW_CONN_EXPORT_JOBS_STORE", "AIRFLOW_CONN_EXPORT_JOBS_STORE_TASKS"


@pytest.fixture(scope="module")
def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text("utf-8")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return found


@pytest.fixture(scope="module")
def page() -> str:
    """What the documentation says of Kubernetes."""
    return (
        (ROOT / "docs" / "howto" / "deploy.md")
        .read_text("utf-8")
        .partition("\n## Kubernetes\n")[2]
        .partition("\n## ")[0]
    )


@pytest.fixture(scope="module")
def pod() -> dict[str, Any]:
    return read("pod_template.yaml")


@pytest.fixture(scope="module")
def values() -> dict[str, Any]:
    return read("values.yaml")


def read(name: str, *, whole: bool = False) -> dict[str, Any]:
    """``whole``: with the blocks that are there to be filled in, whose lines begin with # and no space or two."""
    text = (KUBERNETES / name).read_text("utf-8")
    if whole:
        text = re.sub(r"^( *)#(?=\S|  \S)", r"\1", text, flags=re.MULTILINE)
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def faults(schema: Path, given: dict[str, Any]) -> list[str]:
    read_schema = json.loads(schema.read_text("utf-8"))
    validator = import_module("jsonschema.validators").validator_for(read_schema)
    validator.check_schema(read_schema)
    return [f"{error.json_path}: {error.message}" for error in validator(read_schema).iter_errors(given)]


def secret_of(sources: list[dict[str, Any]]) -> str:
    (source,) = sources
    return str(source["secretRef"]["name"])


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


def test_the_image_has_the_providers_that_the_chart_counts_on(dockerfile: str, values: dict[str, Any]) -> None:
    """The slim image has neither, and they are no part of the package: an Airflow elsewhere may do without."""
    assert values["executor"] == "KubernetesExecutor"
    assert "auth_manager" not in values["config"]["core"], "the chart's own"
    (install,) = (line for line in dockerfile.replace("\\\n", " ").splitlines() if " pip install " in line)
    asked = {
        one.name: one.specifier
        for one in (Requirement(word) for word in shlex.split(install) if word.startswith("apache-airflow-providers-"))
    }
    for name, reason in COUNTED_ON.items():
        assert name in asked, reason
        assert {bound.operator for bound in asked[name]} == {">=", "<"}, "ranges, as the wheel has them"


def test_the_image_the_pod_and_the_values_name_settings_that_exist(
    dockerfile: str, pod: dict[str, Any], values: dict[str, Any]
) -> None:
    """A setting that is misspelt is silently its default."""
    named = {*re.findall(r"\b(EXPORT_JOBS_[A-Z_]+)=", dockerfile)}
    named |= environment(pod["spec"]["containers"][0]["env"]).keys() | environment(values["env"]).keys()
    ours = {name for name in named if name.startswith("EXPORT_JOBS_")}
    assert len(ours) >= 4
    assert [name for name in ours if f'"{name}"' not in SETTINGS] == []


def test_what_is_set_of_airflow_is_a_setting_of_airflow() -> None:
    """Also in the blocks that wait to be filled in. The executor's own section is described by its provider."""
    (package,) = (find_spec("airflow") or pytest.fail("there is no Airflow")).submodule_search_locations or [""]
    known = yaml.safe_load((Path(package) / "config_templates" / "config.yml").read_text("utf-8"))
    pod, values = read("pod_template.yaml", whole=True), read("values.yaml", whole=True)
    named = environment(pod["spec"]["containers"][0]["env"]).keys() | environment(values["env"]).keys()
    ours = [name.lower().split("__")[1:] for name in named if name.startswith("AIRFLOW__")]
    ours += [[section, key] for section, keys in values["config"].items() for key in keys]
    assert len(ours) >= 10
    unknown = [one for one in ours if one[0] != "kubernetes_executor" and one[1] not in known[one[0]]["options"]]
    assert unknown == []


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


def test_the_blocks_that_wait_to_be_filled_in_say_the_same_to_pods_and_servers(
    pod: dict[str, Any], values: dict[str, Any]
) -> None:
    """Pods write the logs that the API server shows; and the chart gives its pull secrets to no pod of a task."""
    assert "imagePullSecrets" not in {**pod["spec"], **values}
    assert not set(REMOTE_LOGS) & {*environment(pod["spec"]["containers"][0]["env"]), *environment(values["env"])}
    pods, servers = read("pod_template.yaml", whole=True)["spec"], read("values.yaml", whole=True)
    assert pods["imagePullSecrets"] == servers["imagePullSecrets"] != []
    logs = environment(pods["containers"][0]["env"])
    assert [logs[name] for name in REMOTE_LOGS] == [environment(servers["env"])[name] for name in REMOTE_LOGS]
    assert logs[REMOTE_LOGS[0]] == "True" and logs[REMOTE_LOGS[1]].startswith("s3://")


def test_tasks_have_a_secret_of_their_own_without_the_pages_login(
    pod: dict[str, Any], values: dict[str, Any], page: str
) -> None:
    """The page's login changes definitions in anybody's name."""
    (container,) = pod["spec"]["containers"]
    tasks, servers = secret_of(container["envFrom"]), secret_of(yaml.safe_load(values["extraEnvFrom"]))
    assert tasks != servers
    kept = dict(re.findall(r"^\| `([a-z-]+)` \|[^|]*\| ([^|]*) \|", page, re.MULTILINE))
    assert re.findall(rf"`({PAGE_LOGIN}\w*)`", kept[tasks]) == [TASKS_LOGIN]
    assert re.findall(rf"`({PAGE_LOGIN}\w*)`", kept[servers]) == [PAGE_LOGIN, TASKS_LOGIN]
    assert PAGE_LOGIN not in environment(container["env"])


def test_the_page_makes_each_secret_that_is_named(pod: dict[str, Any], values: dict[str, Any], page: str) -> None:
    made = re.findall(r"^kubectl create secret \S+ ([a-z-]+)", page, re.MULTILINE)
    servers = read("values.yaml", whole=True)
    named = [
        secret_of(pod["spec"]["containers"][0]["envFrom"]),
        secret_of(yaml.safe_load(values["extraEnvFrom"])),
        values["jwtSecretName"],
        *(one["name"] for one in servers["imagePullSecrets"]),
    ]
    assert sorted(made) == sorted(named)
    key = rf"^kubectl create secret generic {values['jwtSecretName']} --from-literal=jwt-secret="
    assert re.search(key, page, re.MULTILINE), "the key that the chart looks for"


def test_there_are_never_two_dag_processors_by_plan(values: dict[str, Any]) -> None:
    """Kubernetes refuses two zeros, and would wait for ever with a claim that one machine may mount."""
    assert values["dagProcessor"]["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}
    assert values["dagProcessor"].get("replicas", 1) == 1


@pytest.mark.parametrize("whole", [False, True], ids=["as they are", "with every block filled in"])
def test_the_values_are_what_the_chart_takes(whole: bool) -> None:
    """By an extract that holds nothing but what is set here, and all of it."""
    pod = (KUBERNETES / "pod_template.yaml").read_text("utf-8")
    assert "{{" not in pod, "the chart would read it as its own template"
    given = {**read("values.yaml", whole=whole), "podTemplate": pod}
    assert faults(EXTRACT, given) == []
    misspelt = {name: {**given, f"{name}s": given[name]} for name in given}
    assert [name for name, wrong in misspelt.items() if not faults(EXTRACT, wrong)] == []


def test_the_page_and_the_values_name_the_charts_version(page: str) -> None:
    version = re.search(r"chart (\d+\.\d+\.\d+) ", json.loads(EXTRACT.read_text("utf-8"))["title"])
    assert version
    assert f"chart {version[1]}" in page and f"--version {version[1]}" in page
    assert version[1] in (KUBERNETES / "values.yaml").read_text("utf-8").splitlines()[0]


@pytest.mark.skipif(not SCHEMA, reason="NOT CHECKED: EXPORT_JOBS_CHART_SCHEMA names no whole schema of Airflow's chart")
@pytest.mark.parametrize("whole", [False, True], ids=["as they are", "with every block filled in"])
def test_the_whole_schema_of_the_chart_takes_the_values(whole: bool) -> None:
    pod = (KUBERNETES / "pod_template.yaml").read_text("utf-8")
    given = {**read("values.yaml", whole=whole), "podTemplate": pod}
    assert faults(Path(SCHEMA), given) == []
    sections = json.loads(Path(SCHEMA).read_text("utf-8"))["properties"]
    assert [name for name in given if name not in sections] == [], "the chart's top level is open"
