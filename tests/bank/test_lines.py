"""Lines of a settlement: every one explains itself, in both languages, also years later."""

from pepperchain.bank import lines, terms
from pepperchain.bank.settlement_rules import settle
from pepperchain.web.i18n import Language, Reader, reading_as
from tests.bank.test_previews import EXAMPLE

LANGUAGES: tuple[Language, ...] = ("zh", "en")


def test_lines_say_how_they_were_reckoned_in_the_readers_language() -> None:
    settled = settle(terms.default(), EXAMPLE)
    told = {}
    for language in LANGUAGES:
        with reading_as(Reader(language=language)):
            told[language] = {lines.label(line): lines.formula(line) for line in settled.lines}
    assert "×" in told["zh"]["仓储费"]
    assert "4 months" in told["en"]["Storage fee"]
    assert "60 % of" in told["en"]["The grower's share of the gain"]
    assert len(told["zh"]) == len(told["en"]) == len(settled.lines)


def test_lines_that_were_kept_are_the_lines_that_were_reckoned() -> None:
    settled = settle(terms.default(), EXAMPLE)
    assert lines.read(lines.kept(settled.lines)) == settled.lines
