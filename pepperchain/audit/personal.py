"""Which facts of the trail are personal, and how they are kept: sealed with the key of whom they tell, in the row that the chain covers.

So the chain stays whole when a key is destroyed, and nobody reads these facts any more.
`tests/audit/test_personal.py` finds facts that look personal and are not declared.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from pepperchain.audit import keys
from pepperchain.audit.keys import Keys, Owner
from pepperchain.core import vault

SEALED = "~"
"""The fact that holds the sealed ones, by owner."""
ERASED = "erased"
"""The fact that is told instead of those whose key is gone."""

PERSONAL: Mapping[str, frozenset[str]] = {
    "person": frozenset({"name", "phone", "born_on", "reason", "text", "witness", "address", "note"}),
    "household": frozenset(
        {"head", "name", "phone", "born_on", "address", "note", "reason", "text", "witness"}
    ),
    "plot": frozenset({"name", "reason"}),
    "user": frozenset({"name", "phone", "phone_tail", "address", "reason"}),
    "invitation": frozenset({"phone", "phone_tail", "name"}),
    "visit": frozenset({"outcome", "reason", "what"}),
    "follow_up": frozenset({"what", "reason"}),
    "note": frozenset({"text"}),
    "weighin": frozenset({"reason"}),
}
"""By the kind of subject: sealed with the subject's own key, of a plot with its household's where the entry says which that is."""

OF_THE_HEAD = frozenset({"head", "name", "phone", "born_on"})
"""Facts in entries about a household that tell of its head: sealed with the head's key where the entry says who that is."""

OTHERS: Mapping[str, str] = {
    "area": "places",
    "bank_receipt": "grams and money; whose they are the receipt says",
    "bank_scheme": "terms for everybody",
    "bank_payment": "sums of many depositors",
    "bank_sale": "pepper of many depositors",
    "bank_price": "the market's prices",
    "book": "books of a place",
    "booking": "space in a room",
    "breach": "the climate of a room",
    "consignment": "freight; the driver is no grower of ours",
    "equipment": "machines",
    "erasure": "which authority asked for what is kept",
    "export": "which list somebody of the staff took, and what for",
    "import": "a file that somebody of the staff brought",
    "loss_policy": "what may be lost in rooms",
    "lot": "pepper of many growers",
    "maintenance": "machines",
    "movement": "pepper of many growers",
    "organization": "organizations; their contact is there for the organization",
    "product": "products",
    "readings": "the climate of a room",
    "relation": "organizations",
    "retention": "how many of each kind were swept",
    "room": "places",
    "segment": "what the staff look for, which names nobody",
    "sensor": "machines",
    "site": "places",
    "case": "books of rooms that do not agree",
    "stocktake": "what lies in rooms; who of the staff counted it",
    "tag": "words of the staff's for many households",
    "token": "programs",
}
"""Kinds of subjects whose facts tell of nobody of the registry, each with the reason."""


def parted(
    subject: str, subject_id: str, person_id: int | None, facts: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[Owner, dict[str, Any]]]:
    """Facts that stand open, and those to be sealed, by whose key."""
    names = PERSONAL.get(subject)
    if names is None or names.isdisjoint(facts):
        return dict(facts), {}
    plain: dict[str, Any] = {}
    sealed: dict[Owner, dict[str, Any]] = {}
    home = facts.get("household") if subject == "plot" else None
    own = Owner(subject, subject_id) if home is None else Owner("household", str(home))
    head = own if person_id is None else Owner("person", str(person_id))
    for name, value in facts.items():
        if name not in names or value is None:
            plain[name] = value
        else:
            sealed.setdefault(head if name in OF_THE_HEAD else own, {})[name] = value
    return plain, sealed


def sealed_facts(text: str, key: vault.Key) -> str:
    """A sealed part as it stands in a row."""
    return b64encode(key.seal(text)).decode()


def owners_of(facts: Mapping[str, Any]) -> list[Owner]:
    """Whose keys open the sealed parts of these facts."""
    return [Owner(*name.split(":", 1)) for name in facts.get(SEALED, ())]


def opened_with(found: Keys, facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """All facts, in the order of their names; instead of those that nobody can read any more, that they were erased."""
    if SEALED not in facts:
        return facts
    whole = {name: value for name, value in facts.items() if name != SEALED}
    for name, part in facts[SEALED].items():
        key = found.get(Owner(*name.split(":", 1)))
        whole |= {ERASED: ERASED} if key is None else json.loads(key.unseal(b64decode(part)))
    return dict(sorted(whole.items()))


async def opened(many: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The facts of many entries as their readers read them. Every reader of the trail's facts comes through here."""
    owners = {owner for facts in many for owner in owners_of(facts)}
    if not owners:
        return list(many)
    found = await keys.known(owners)
    return [opened_with(found, facts) for facts in many]
