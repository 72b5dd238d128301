"""docs/security.md names tests that are there."""

import re

from tests.harness.house import ROOT


def test_every_test_that_the_register_names_is_there() -> None:
    named = re.findall(r"`(tests/[\w./]+)`", (ROOT / "docs" / "security.md").read_text("utf-8"))
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []
