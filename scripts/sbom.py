"""Write the dependencies of a wheel as a CycloneDX document: ``python scripts/sbom.py WHEEL`` puts it beside the wheel.

Versions come from requirements-lock.txt, licences from each package's metadata. Packages of locked extras are optional
components. Third-party scripts inside the wheel are components of it.
"""

from __future__ import annotations

import hashlib
import sys
import uuid
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from importlib import metadata
from pathlib import Path
from typing import cast

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.lock import LOCK, locked_versions

EXTRAS = ("all", "s3-staging", "celery")
VENDORED_FOLDER = "web/static/vendor/"
VENDORED = {"htm": ("3.1.1", "Apache-2.0", "ab33dd3f38059b9be4d5f5350128eefb2356639c4e0bbe9d9e8b3ba75847e9e4")}
"""Third-party scripts by name: version, licence, SHA-256 of the file as it was published."""
LONGEST_LICENCE = 80
"""Characters; some packages have the whole licence text instead of its name."""


def licence_of(described: Message) -> str:
    """A package's licence: the expression, otherwise a short name, otherwise its classifiers; "" for none."""
    said = described.get("License-Expression") or described.get("License") or ""
    if said and said != "UNKNOWN" and "\n" not in said and len(said) <= LONGEST_LICENCE:
        return said
    classifiers = [one.rpartition(" :: ")[2] for one in described.get_all("Classifier", []) if " Approved :: " in one]
    return " / ".join(classifiers)


def component(described: Message, version: str, scope: ComponentScope | None = None) -> Component:
    """A Python package as a component; ``described``: its METADATA."""
    name = canonicalize_name(described["Name"])
    licence = licence_of(described)
    return Component(
        name=name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{name}=={version}",
        purl=PackageURL("pypi", name=name, version=version),
        scope=scope,
        description=described.get("Summary"),
        licenses=[LicenseFactory().make_from_string(licence)] if licence else [],
        properties=[] if licence else [Property(name="licence", value="the package declares none")],
    )


class Closure:
    """All dependencies of a wheel, as components of a document."""

    def __init__(self, bom: Bom, versions: dict[str, str]) -> None:
        self._bom, self._versions = bom, versions
        self._components: dict[str, Component] = {}
        self._followed: set[tuple[str, str]] = set()

    def add(self, owner: Component, described: Message, extra: str, scope: ComponentScope) -> None:
        """Add the requirements of ``owner`` with ``extra`` ("": without any), and their requirements.

        Required packages go first: a package that is also optional has the scope ``required``.
        """
        if (owner.name, extra) in self._followed:
            return
        self._followed.add((owner.name, extra))
        for requirement in requirements(described, extra):
            name = canonicalize_name(requirement.name)
            if name == owner.name:  # an extra that consists of others
                for part in sorted(requirement.extras):
                    self.add(owner, described, part, scope)
            elif name in self._versions:
                needed = self._component(name, scope)
                self._bom.register_dependency(owner, [needed])
                for part in ("", *sorted(requirement.extras)):
                    self.add(needed, cast("Message", metadata.metadata(name)), part, scope)
            elif scope is ComponentScope.REQUIRED:
                raise SystemExit(f"{name}, which {owner.name} needs, is not in {LOCK.name}: run `make lock`")

    def _component(self, name: str, scope: ComponentScope) -> Component:
        if name not in self._components:
            installed, locked = metadata.version(name), self._versions[name]
            if installed != locked:
                raise SystemExit(f"{name} {installed} is installed and {locked} locked: run `make venv`")
            self._components[name] = component(cast("Message", metadata.metadata(name)), locked, scope)
            self._bom.components.add(self._components[name])
        return self._components[name]


def requirements(described: Message, extra: str) -> Iterator[Requirement]:
    """The requirements on this Python; with an extra, only those that it adds."""
    for requirement in map(Requirement, described.get_all("Requires-Dist", [])):
        marker = requirement.marker
        is_always = marker is None or marker.evaluate({"extra": ""})
        if not extra and is_always:
            yield requirement
        if extra and not is_always and marker and marker.evaluate({"extra": extra}):
            yield requirement


def vendored(wheel: zipfile.ZipFile) -> Iterator[Component]:
    """Third-party scripts inside the wheel; each must be exactly the published file of the version given here."""
    folder = next(name for name in wheel.namelist() if name.endswith(f"{VENDORED_FOLDER}htm.js")).removesuffix("htm.js")
    scripts = {
        name.removeprefix(folder) for name in wheel.namelist() if name.startswith(folder) and name.endswith(".js")
    }
    if scripts != {f"{name}.js" for name in VENDORED}:
        raise SystemExit(f"{folder} holds {sorted(scripts)}, and scripts/sbom.py describes {sorted(VENDORED)}")
    for name, (version, licence, expected) in VENDORED.items():
        digest = hashlib.sha256(wheel.read(f"{folder}{name}.js")).hexdigest()
        if digest != expected:
            raise SystemExit(f"{folder}{name}.js is not {name} {version}: its SHA-256 is {digest}")
        yield Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            bom_ref=f"npm:{name}@{version}",
            purl=PackageURL("npm", name=name, version=version),
            scope=ComponentScope.REQUIRED,
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
            licenses=[LicenseFactory().make_from_string(licence)],
            properties=[Property(name="file", value=f"{folder}{name}.js")],
        )


def describe(wheel: Path) -> str:
    """The document of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        [name] = (one for one in archive.namelist() if one.endswith(".dist-info/METADATA"))
        described = Parser().parsestr(archive.read(name).decode())
        inside = list(vendored(archive))
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"sha256:{digest}"))
    own = component(described, described["Version"])
    own.hashes.add(HashType(alg=HashAlgorithm.SHA_256, content=digest))
    own.properties.add(Property(name="python", value=f"{sys.version_info.major}.{sys.version_info.minor}"))
    bom.metadata.component = own
    for one in inside:
        bom.components.add(one)
    bom.register_dependency(own, inside)
    closure = Closure(bom, locked_versions(LOCK.read_text()))
    closure.add(own, described, "", ComponentScope.REQUIRED)
    for extra in EXTRAS:
        closure.add(own, described, extra, ComponentScope.OPTIONAL)
    return JsonV1Dot6(bom).output_as_string(indent=2)


def main() -> None:
    """Validate the document and write it."""
    wheel = Path(sys.argv[1])
    text = describe(wheel)
    trouble = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if trouble is not None:
        raise SystemExit(f"The document is not CycloneDX 1.6: {trouble}")
    wheel.with_suffix(".cdx.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
