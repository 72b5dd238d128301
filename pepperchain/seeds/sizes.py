"""How large a community the generator makes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """What is made around the village. Counts are met within a percent; `townships` is empty for all of the district."""

    name: str
    households: int
    organizations: int
    cooperatives: int
    slips: int
    past_slips: int
    open_lots: int
    rooms: int
    townships: tuple[str, ...] = ()


HAMLET = Size("hamlet", 160, 16, 4, 700, 180, 350, 8, ("先锋镇", "李市镇", "柏林镇"))
"""For tests: everything that larger sizes have, in a second or two."""

SIZES = {
    size.name: size
    for size in (
        Size("township", 9_300, 100, 13, 33_000, 8_000, 16_700, 14, ("先锋镇",)),
        Size("district", 280_000, 3_000, 400, 1_000_000, 250_000, 500_000, 400),
    )
}
