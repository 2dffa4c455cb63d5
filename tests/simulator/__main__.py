"""``python -m tests.simulator``: many interleavings, or one of them once more with everything that happened in it."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterable
from functools import partial
from multiprocessing import Pool

from tests.simulator.simulation import Simulation, simulate
from tests.simulator.world import BrokenPromise

CHUNK = 2_000


def broken(first_seed: int, parts: int = 1) -> list[str]:
    """What is broken in a chunk of seeds."""
    found = []
    for seed in range(first_seed, first_seed + CHUNK):
        try:
            simulate(seed, max_parts=parts)
        except BrokenPromise as promise:
            found.append(str(promise))
    return found


def play_all(count: int, first_seed: int, parts: int) -> int:
    """Play at least ``count`` interleavings on all processors; 1 when a promise is broken."""
    begun, done, failures = time.monotonic(), 0, 0
    with Pool(os.cpu_count()) as pool:
        chunks: Iterable[list[str]] = pool.imap_unordered(
            partial(broken, parts=parts), range(first_seed, first_seed + count, CHUNK)
        )
        for found in chunks:
            done += CHUNK
            failures += len(found)
            for promise in found:
                print(promise)
            if done % (10 * CHUNK) == 0 or done >= count:
                print(f"{done:,} interleavings, {failures} broken, {time.monotonic() - begun:.0f} s", flush=True)
    return 1 if failures else 0


def play_one(seed: int, parts: int) -> int:
    """Play one interleaving and print it."""
    simulation = Simulation(seed, max_parts=parts)
    try:
        simulation.run()
    except BrokenPromise as promise:
        print(*simulation.world.log, f"seed {seed}: {promise}", sep="\n")
        return 1
    print(*simulation.world.log, f"seed {seed}: every promise holds", sep="\n")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--interleavings", type=int, default=1_000_000)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--seed", type=int, help="play this one alone, and print what happens in it")
    parser.add_argument("--parts", type=int, default=1, help="how many parts the rows are cut into at most")
    options = parser.parse_args()
    if options.seed is not None:
        return play_one(options.seed, options.parts)
    return play_all(options.interleavings, options.first_seed, options.parts)


if __name__ == "__main__":
    sys.exit(main())
