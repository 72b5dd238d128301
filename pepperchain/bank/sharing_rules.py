"""Dividing a whole among many fairly, to the last gram and fen: by largest remainder, the earlier one first where they are equal."""

from collections.abc import Sequence


def shared(whole: int, weights: Sequence[int]) -> list[int]:
    """Parts of `whole` in proportion to the weights, which add up to it exactly. No part is more than one from its exact share."""
    total = sum(weights)
    assert whole >= 0, "nothing negative is shared out"
    assert total > 0, "among nobody nothing is shared out"
    parts = [whole * weight // total for weight in weights]
    rests = [whole * weight % total for weight in weights]
    left = whole - sum(parts)
    for index in sorted(range(len(weights)), key=lambda each: (-rests[each], each))[:left]:
        parts[index] += 1
    return parts
