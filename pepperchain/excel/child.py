"""The reading process: takes one job on its standard input, answers with a line of JSON for each message.

Started as `python -m` this module (or `marking`, whose job is another); no file from outside is parsed anywhere else.
The process limits its own memory and time first; being killed by a limit is an answer too, which the parent knows.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pepperchain.core.errors import Refused
from pepperchain.excel import inspection, parsing
from pepperchain.excel.columns import from_plain
from pepperchain.excel.inspection import Limits

Job = Mapping[str, Any]
Message = Mapping[str, Any]
Work = Callable[[Job, Limits], Iterator[Message]]

if sys.platform != "win32":
    import resource

    def restrain(limits: Limits) -> None:
        """From here on: no more memory, processor time or open files than the job is worth, and no core dump."""
        _lower(resource.RLIMIT_CPU, limits.cpu_seconds)
        _lower(resource.RLIMIT_CORE, 0)
        _lower(resource.RLIMIT_NOFILE, 512)
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


def answers(job: Job, work: Work) -> Iterator[Message]:
    """The messages for one job; a refusal of the whole file is a message too."""
    try:
        yield from work(job, Limits.from_plain(job["limits"]))
    except Refused as refusal:
        yield _refused(refusal)
    except MemoryError:
        yield _refused(inspection.too_complex())


def _refused(refusal: Refused) -> Message:
    return {"refused": refusal.message, "facts": refusal.facts}


def run(work: Work) -> None:
    """Does the one job on standard input by `work`: its first line, with the pieces of the others under "more"."""
    first, *more = sys.stdin.buffer
    job = json.loads(first) | {"more": [json.loads(piece) for piece in more]}
    restrain(Limits.from_plain(job["limits"]))
    out = sys.stdout.buffer
    for message in answers(job, work):
        out.write(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        out.flush()


def stage(job: Job, limits: Limits) -> Iterator[Message]:
    """The work of `reader.stage`."""
    specs = tuple(from_plain(each) for each in job["specs"])
    today = date.fromisoformat(job["today"])
    yield from parsing.staged(Path(job["path"]), specs, limits=limits, today=today, language=job["language"])


if __name__ == "__main__":
    run(stage)
