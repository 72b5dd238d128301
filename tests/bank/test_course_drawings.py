"""The picture of what a receipt would bring: in its frame, in proportion, and only where there is something to compare."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pepperchain.bank.course_drawings import HEIGHT, WIDTH, Worth, course
from pepperchain.core.units import Fen

FIRST = date(2026, 7, 1)


def worths(*fen: int) -> list[Worth]:
    return [Worth(FIRST + timedelta(days=7 * week), Fen(each)) for week, each in enumerate(fen)]


def test_one_day_is_no_course() -> None:
    assert course([], Fen(5)) is None
    assert course(worths(100), Fen(5)) is None


def test_a_day_at_the_floor_lies_on_its_line_and_a_better_one_above() -> None:
    drawn = course(worths(1_000, 1_500, 1_200), Fen(1_000))
    assert drawn is not None
    at = [spot.y for spot in drawn.spots]
    assert at[0] == drawn.floor
    assert at[1] < at[2] < at[0]
    assert drawn.area.startswith(f"{drawn.spots[0].x},{drawn.floor} ")


@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=40), st.integers(0, 10**12))
def test_whatever_it_is_it_stays_in_its_frame(fen: list[int], floor: int) -> None:
    drawn = course(worths(*fen), Fen(floor))
    assert drawn is not None
    assert all(0 <= spot.x <= WIDTH and 0 <= spot.y <= HEIGHT for spot in drawn.spots)
    assert 0 <= drawn.floor <= HEIGHT
    assert [spot.from_x for spot in drawn.spots] == sorted(spot.from_x for spot in drawn.spots)
