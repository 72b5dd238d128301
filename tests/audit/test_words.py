"""Every code that a verb leaves in the trail can be told in words."""

import ast

from pepperchain.audit import words
from tests.harness.house import Module, modules, offences


def _records() -> list[tuple[Module, ast.Call]]:
    return [
        (module, call)
        for module in modules()
        for call, on, name in module.calls()
        if on == "trail" and name in ("record", "Told")
    ]


def test_every_act_has_words() -> None:
    found = []
    for module, call in _records():
        code = call.args[1] if len(call.args) > 1 else None
        if isinstance(code, ast.Constant) and code.value not in words.ACTS:
            found.append(module.at(call, f"{code.value!r} has no words in audit/words.py"))
    offences(found)


def test_every_thing_has_words() -> None:
    found = []
    for module, call in _records():
        subject = next((keyword.value for keyword in call.keywords if keyword.arg == "subject"), None)
        if isinstance(subject, ast.Constant) and subject.value not in words.THINGS:
            found.append(module.at(call, f"{subject.value!r} has no words in audit/words.py"))
    offences(found)


def test_every_fact_has_words() -> None:
    found = []
    for module, call in _records():
        facts = next((keyword.value for keyword in call.keywords if keyword.arg == "facts"), None)
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
    offences(f"audit/words.py: nobody does {code!r}" for code in words.ACTS if code not in said)


def test_an_act_of_an_older_version_is_shown_by_its_code() -> None:
    assert words.act("pepper.counted") == "pepper.counted"
    assert words.thing("cone") == "cone"
    assert words.fact("cone.counted", "scent") == ("scent", words.Kind.TEXT)
    assert words.code("citrus") == "citrus"
