"""The reading process: takes one job on its standard input, answers with a line of JSON for each message.

Started by `reader` and `mistakes` as `python -m pepperchain.excel.child`; no file from outside is parsed anywhere else.
The process limits its own memory and time first; being killed by a limit is an answer too, which the parent knows.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pepperchain.core.errors import Refused
from pepperchain.excel import inspection, marking, parsing
from pepperchain.excel.columns import from_plain
from pepperchain.excel.inspection import Limits

if sys.platform != "win32":
    import resource

    def restrain(limits: Limits) -> None:
        """From here on: no more memory, processor time or open files than the job is worth, and no core dump."""
        _lower(resource.RLIMIT_CPU, limits.cpu_seconds)
        _lower(resource.RLIMIT_CORE, 0)
        _lower(resource.RLIMIT_NOFILE, 64)
        if sys.platform == "linux":
            # Data is what the process really asks for; the address space also counts what is only reserved.
            _lower(resource.RLIMIT_DATA, limits.memory_bytes)
            _lower(resource.RLIMIT_AS, 3 * limits.memory_bytes)

    def _lower(kind: int, value: int) -> None:
        _, hard = resource.getrlimit(kind)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (most, most))

else:

    def restrain(limits: Limits) -> None:
        """Windows has no such limits; the parent still ends a process that is silent for too long."""


def answers(job: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The messages for one job; a refusal of the whole file is a message too."""
    try:
        yield from _work(job)
    except Refused as refusal:
        yield _refused(refusal)
    except MemoryError:
        yield _refused(inspection.too_complex())


def _refused(refusal: Refused) -> Mapping[str, Any]:
    return {"refused": refusal.message, "facts": refusal.facts}


def _work(job: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    limits = Limits.from_plain(job["limits"])
    path = Path(job["path"])
    if job["task"] == "mark":
        marking.mark(path, Path(job["target"]), job, limits)
        yield {"end": {}}
        return
    specs = tuple(from_plain(each) for each in job["specs"])
    today = date.fromisoformat(job["today"])
    yield from parsing.staged(path, specs, limits=limits, today=today, language=job["language"])


def main() -> None:
    job = json.loads(sys.stdin.buffer.read())
    restrain(Limits.from_plain(job["limits"]))
    out = sys.stdout.buffer
    for message in answers(job):
        out.write(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        out.flush()


if __name__ == "__main__":
    main()
