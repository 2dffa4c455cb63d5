"""Ask a vulnerability service about every locked package; ``python scripts/audit.py [--service pypi]``.

Exit code 0: the service has answered for each package and knows no vulnerability. 1: it knows some. 3: it could not be
asked, since a check without an answer must not pass.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.lock import LOCK, locked_versions

KNOWN_VULNERABLE, NOT_ASKED = 1, 3


def ask(service: str, url: str | None) -> tuple[list[dict[str, Any]], str]:
    """The service's answers, by package, and the printed text; no answers if it could not be asked."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [sys.executable, "-m", "pip_audit", "--strict", "--require-hashes", "--disable-pip"]
        command += ["--requirement", str(LOCK), "--vulnerability-service", service, "--progress-spinner", "off"]
        command += ["--format", "json", "--output", str(report)]
        command += ["--osv-url", url] if url else []
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not report.is_file():
            return [], done.stderr
        return json.loads(report.read_text())["dependencies"], done.stderr


def main() -> int:
    """Ask, and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--service", choices=("osv", "pypi"), default="osv")
    parser.add_argument("--osv-url", help="your own mirror of the service osv")
    options = parser.parse_args()
    service: str = options.service
    said, printed = ask(service, options.osv_url)
    answered = {canonicalize_name(one["name"]) for one in said if "vulns" in one}
    wanted = locked_versions(LOCK.read_text())
    missing = sorted(wanted.keys() - answered)
    found = [(one["name"], one["version"], flaw) for one in said for flaw in one.get("vulns", ())]
    for name, version, flaw in found:
        fixed = ", ".join(flaw["fix_versions"]) or "no version yet"
        print(f"{name} {version}: {', '.join([flaw['id'], *flaw['aliases']])}; fixed in {fixed}")
    if missing:
        last = printed.strip().splitlines()[-1:] or ["it gave no reason"]
        print(
            f"NOT AUDITED: the service {service} has answered for {len(answered)} of {len(wanted)} locked packages, "
            f"so the others are unknown.\n  {last[0]}\n"
            "  Run `make audit` where the service can be reached, or ask another one: make audit ARGS='--service pypi'",
            file=sys.stderr,
        )
        return KNOWN_VULNERABLE if found else NOT_ASKED
    print(f"{len(wanted)} locked packages: {len(found)} known vulnerabilities, says {service}.")
    return KNOWN_VULNERABLE if found else 0


if __name__ == "__main__":
    sys.exit(main())
