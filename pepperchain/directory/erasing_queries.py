"""What erasing somebody does to the registry."""

from pepperchain.core.words import N_
from pepperchain.directory.erasing_rules import (
    CODES,
    NO_WORDS,
    STAFF,
    Erasing,
    Hindrance,
    Wipe,
    unless_null,
)
from pepperchain.directory.relation_rules import PAPERS

_MERGES = "m.person_id IN :people OR m.loser_person_id IN :people OR m.household_id IN :homes OR m.loser_household_id IN :homes"
_SEALED = {
    f"{kind}_{column}": "NULL" for kind in ("id_number", "bank_card") for column in ("sealed", "hash", "hint")
}
_HOME = "t.household_id IN :homes"

ERASING = Erasing(
    (
        Wipe("directory_term", theirs="t.person_id IN :people", removed=True),
        Wipe("directory_duplicate", theirs="t.person_id IN :people OR t.other_person_id IN :people",
            home="t.household_id IN :homes OR t.other_id IN :homes", removed=True),
        Wipe("directory_merge_change", theirs=f"t.merge_id IN (SELECT m.id FROM directory_merge m WHERE {_MERGES})", removed=True),
        Wipe("directory_merge", theirs=f"t.id IN (SELECT m.id FROM directory_merge m WHERE {_MERGES})",
            sets={"reason": NO_WORDS, "decided": "'[]'", "kept": "NULL"},
            stays={"moved": "counts of rows", "made_by_name": STAFF, "undone_by_name": STAFF}),
        Wipe("directory_head_change", theirs="t.former_id IN :people OR t.head_id IN :people", home=_HOME,
            sets={"taken_back_reason": unless_null("taken_back_reason")}, stays={"actor_name": STAFF, "taken_back_by": STAFF}),
        Wipe("directory_proxy", theirs="t.person_id IN :people OR t.given_by_id IN :people", home=_HOME,
            files=("photo_token", PAPERS), sets={"photo_token": "NULL", "witness": "NULL", "revoked_reason": unless_null("revoked_reason")},
            stays={"actor_name": STAFF, "revoked_by": STAFF}),
        Wipe("directory_move", home=_HOME,
            sets={"from_address": "NULL", "to_address": "NULL", "ended_reason": unless_null("ended_reason")},
            stays={"actor_name": STAFF}),
        Wipe("directory_person_move", theirs="t.person_id IN :people", stays={"actor_name": STAFF}),
        Wipe("directory_membership", home=_HOME),
        Wipe("directory_card", home=_HOME, sets={
            "state": "CASE WHEN state = 'active' THEN 'lost' ELSE state END", "lost_at": "COALESCE(lost_at, :now)"},
            stays={"number": "a number on a piece of plastic, which opens nothing any more"}),
        Wipe("directory_plot", home=_HOME, sets={"name": NO_WORDS}, key="plot", stays={"cultivar": CODES}),
        Wipe("directory_plot_practice", home="t.plot_id IN (SELECT f.id FROM directory_plot f WHERE f.household_id IN :homes)",
            stays={"practice": CODES}),
        Wipe("directory_household", home="t.id IN :homes",
            sets={"address": "NULL", "note": "NULL", "group_number": "NULL", "contact_person_id": "NULL"},
            stays={"card_number": "the number on slips; its card is revoked"}),
        Wipe("directory_person", theirs="t.id IN :people", sets={
            "name": ":erased", "pinyin": "''", "initials": "''", "sex": "NULL", "born_on": "NULL", "phone": "NULL",
            "has_smartphone": "NULL", **_SEALED, "left_on": "COALESCE(left_on, :today)", "erased_at": ":now",
            "version": "version + 1"}),
        Wipe("audit_entry", stays={
            "actor_name": "no user's name stands there", "facts": "personal ones are sealed with keys that are destroyed",
            "role": CODES, "verb": CODES, "subject": CODES, "subject_id": CODES}),
    ),
    (
        Hindrance(
            N_("Heads a household with %(count)s other people: choose another head first."), "/growers/{household}/heads",
            theirs="SELECT COUNT(*) FROM directory_person p JOIN directory_household h ON h.id = p.household_id"
            " WHERE h.head_id IN :people AND h.ended_on IS NULL AND p.left_on IS NULL AND p.id NOT IN :people"),
        Hindrance(
            N_("%(count)s proxies are in force: revoke them first."), "/growers/{household}#relations",
            theirs="SELECT COUNT(*) FROM directory_proxy x WHERE (x.person_id IN :people OR x.given_by_id IN :people)"
            " AND x.until_on >= :today AND x.revoked_on IS NULL"),
        Hindrance(
            N_("A move is planned: call it off, or wait until it is done."), "/growers/{household}/moves",
            home="SELECT COUNT(*) FROM directory_move m WHERE m.household_id IN :homes AND m.state = 'due'"),
    ),
)  # fmt: skip
