"""Ids of events: time-ordered, unique, and made by whoever starts the event."""

import time
from concurrent.futures import ThreadPoolExecutor

from pepperchain.core import ids


def test_ids_are_uuid7_and_carry_the_time():
    made = ids.new_id()
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert abs((made.int >> 80) - time.time_ns() // 1_000_000) < 5_000


def test_each_id_is_greater_than_the_one_before():
    made = [ids.new_id() for _ in range(20_000)]
    assert made == sorted(set(made))


def test_threads_never_share_an_id():
    with ThreadPoolExecutor(4) as pool:
        batches = pool.map(lambda _: [ids.new_id() for _ in range(2_000)], range(8))
        made = [each for batch in batches for each in batch]
    assert len(set(made)) == len(made)
