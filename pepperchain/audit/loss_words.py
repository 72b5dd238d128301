"""What the trail's codes of losses mean, in words (message ids)."""

from pepperchain.audit.fact_kinds import Kind
from pepperchain.core.words import N_

LOSS_ACTS: dict[str, str] = {
    "loss.closed": N_("Closed a case of loss"),
    "loss.explained": N_("Explained a loss"),
    "loss_policy.stated": N_("Stated a policy of loss"),
}

LOSS_FACTS: dict[str, tuple[str, Kind]] = {
    "ppm": (N_("Lost each day, ppm"), Kind.COUNT),
    "tolerance_ppm": (N_("Tolerance, ppm"), Kind.COUNT),
}

LOSS_OWN_FACTS: dict[tuple[str, str], tuple[str, Kind]] = {
    ("loss_policy.stated", "kind"): (N_("Kind"), Kind.ROOM_KIND),
}
