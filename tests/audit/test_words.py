"""Every code that a verb leaves in the trail can be told in words."""

import ast

from pepperchain.audit import act_words, thing_words, words
from pepperchain.audit.fact_kinds import Kind
from tests.harness.house import Module, modules, offences


def _records() -> list[tuple[Module, ast.Call]]:
    return [
        (module, call)
        for module in modules()
        for call, on, name in module.calls()
        if on == "trail" and name in ("record", "Told")
    ]


def _said(call: ast.Call, place: int, keyword: str) -> ast.expr | None:
    """An argument of `trail.record(actor, verb, *, subject=…, facts=…)` or of `trail.Told(verb, subject, id, township, facts)`."""
    is_told = isinstance(call.func, ast.Attribute) and call.func.attr == "Told"
    if is_told or keyword == "verb":
        at = place if is_told else place + 1
        return call.args[at] if len(call.args) > at else None
    return next((each.value for each in call.keywords if each.arg == keyword), None)


def test_every_act_has_words() -> None:
    found = []
    for module, call in _records():
        code = _said(call, 0, "verb")
        if isinstance(code, ast.Constant) and code.value not in act_words.ACTS:
            found.append(module.at(call, f"{code.value!r} has no words in audit/words.py"))
    offences(found)


def test_every_thing_has_words() -> None:
    found = []
    for module, call in _records():
        subject = _said(call, 1, "subject")
        if isinstance(subject, ast.Constant) and subject.value not in thing_words.THINGS:
            found.append(module.at(call, f"{subject.value!r} has no words in audit/words.py"))
    offences(found)


def test_every_fact_has_words() -> None:
    found = []
    for module, call in _records():
        facts = _said(call, 4, "facts")
        keys = facts.keys if isinstance(facts, ast.Dict) else []
        names = [key.value for key in keys if isinstance(key, ast.Constant)]
        found += [
            module.at(call, f"{name!r} has no words in audit/words.py")
            for name in names
            if name not in words.FACTS
        ]
    offences(found)


def test_no_words_are_kept_for_acts_that_are_gone() -> None:
    said = {text for module in modules() if module.name != "audit/words.py" for _, text in module.strings()}
    offences(f"audit/words.py: nobody does {code!r}" for code in act_words.ACTS if code not in said)


def test_an_act_of_an_older_version_is_shown_by_its_code() -> None:
    assert words.act("pepper.counted") == "pepper.counted"
    assert words.thing("cone") == "cone"
    assert words.fact("cone.counted", "scent") == ("scent", Kind.TEXT)
    assert words.code("citrus") == "citrus"
