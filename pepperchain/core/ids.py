"""Ids of events: UUIDv7, made by whoever starts the event, so that sending it twice is one event."""

import secrets
import time
from threading import Lock
from uuid import UUID

_TAIL_BITS = 74  # what version and variant leave of the 80 bits after the milliseconds
_STEP_BITS = 32

_lock = Lock()
_last_ms = 0
_last_tail = 0


def new_id() -> UUID:
    """A new UUIDv7, greater than every one this process made before, even when the clock is set back."""
    global _last_ms, _last_tail
    with _lock:
        ms = time.time_ns() // 1_000_000
        if ms > _last_ms:
            tail = secrets.randbits(_TAIL_BITS - 1)  # the top bit stays free for counting up
        else:
            ms, tail = _last_ms, _last_tail + 1 + secrets.randbits(_STEP_BITS)
            if tail >> _TAIL_BITS:
                ms, tail = ms + 1, secrets.randbits(_TAIL_BITS - 1)
        _last_ms, _last_tail = ms, tail
    high, low = tail >> 62, tail & (1 << 62) - 1
    return UUID(int=ms << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low)
