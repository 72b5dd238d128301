"""What erasing somebody does to tags: a household that ends with them loses its tags, and what would bring them back."""

from pepperchain.directory.erasing_rules import Erasing, Wipe

ERASING = Erasing(
    (
        Wipe("segments_tagging", home="t.household_id IN :homes", removed=True),
        Wipe("segments_change", home="t.household_id IN :homes", removed=True),
    ),
)
