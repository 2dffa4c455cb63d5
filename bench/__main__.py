"""Run every benchmark with its peers and print the ratios: ``python -m bench`` or ``make bench``.

Each file of this folder is a separate program and runs alone, so that memory and caches of one do not affect another.
Read the ratios, not the seconds: this machine's speed drifts, and the peers drift with it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NO_PROGRAMS = {"__init__.py", "__main__.py", "bare.py", "delayed_line.py", "measure.py"}
ON_DEMAND = {"audit.py", "fairness.py", "scale.py", "staging.py", "tasks.py", "throughput.py"}
"""These need a long time, a running demo or a separate environment; the docstring of each says how to run it."""


def main() -> int:
    programs = sorted(path for path in HERE.glob("*.py") if path.name not in NO_PROGRAMS | ON_DEMAND)
    failed = []
    for program in programs:
        command = [sys.executable, "-m", f"bench.{program.stem}"]
        if subprocess.run(command, cwd=HERE.parent, check=False).returncode:
            failed.append(program.name)
        print(flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
