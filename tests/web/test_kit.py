"""The kit: every macro draws, in both languages, and says its state in words."""

from html.parser import HTMLParser

import pytest

from pepperchain.web import i18n
from pepperchain.web.i18n import Reader
from pepperchain.web.render import environment

CALLS = [
    'kit.icon("scale")', 'kit.icon("scale", "Weight")', "kit.logo()", 'kit.badge("x", "good")', "kit.freshness(12000)",
    "kit.freshness(-60)", "kit.capacity(20000000, 9000000, 1000000)", "kit.capacity(0)", "kit.capacity(10, 20)", "kit.capacity_key()",
    'kit.progress(1, 0, "x")', "kit.weight(50200)", 'kit.weight(50200, "big")', "kit.price(1250)",
    'kit.stat("Stock", 5, "t", "/x", "note", 0)', 'kit.field("a", "A")', 'kit.field("a", "A", hint="h", unit="kg", mode="decimal")',
    'kit.weight_field("a", "A")', 'kit.text("a", "A")', 'kit.choice("a", "A", [(1, "x")], 1)',
    'kit.select("a", "A", [(1, "x")], 1, none_words="any")', 'kit.tick("a", "A")', 'kit.file("a", "A", ".xlsx")',
    'kit.submit("Save", "check")', 'kit.act("/x", "Do", fields=[("id", 1)])', 'kit.search("Find")', 'kit.chips([("a", "/x")], "/")',
    "kit.chips([])", 'kit.chip("a", "/", true, 3)', 'kit.found(1201, "by day")', 'kit.pager("abc")', "kit.pager(none)",
    'kit.empty("None yet", "Do this", "/new", "New")', 'kit.tabs("T", [("a", "/", true)])', 'kit.steps("S", ["a", "b", "c"], 2)',
    'kit.flash("Done", "/undo")', 'kit.note("x", "soon")', "kit.switches()", "kit.sign_out()",
]  # fmt: skip
VOID = {"img", "input", "br", "meta", "link", "hr"}


class Balanced(HTMLParser):
    """Fails when tags do not close in order; collects ids."""

    def __init__(self):
        super().__init__()
        self.open, self.ids = [], []

    def handle_starttag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def drawn(source):
    return environment().from_string(source).render()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("call", CALLS)
def test_every_macro_draws_well_formed_html(call, language):
    with i18n.reading_as(Reader(language=language)):
        page = Balanced()
        page.feed(drawn("{{ " + call + " }}"))
    assert not page.open
    assert len(set(page.ids)) == len(page.ids)


def test_macros_with_a_body_draw_it():
    table = drawn(
        '{% call kit.table("Slips", [("No", ""), ("Net", "num")]) %}<tr><td>1</td></tr>{% endcall %}'
    )
    assert '<tbody id="rows"><tr><td>1</td></tr></tbody>' in table
    assert "<p>why</p>" in drawn('{% call kit.dialog("d", "Why") %}<p>why</p>{% endcall %}')
    assert "<p>x</p>" in drawn('{% call kit.sheet("Filters") %}<p>x</p>{% endcall %}')


def test_values_in_macros_are_escaped():
    assert "<b>" not in drawn(
        '{{ kit.field("a", "<b>", value="<b>", hint="<b>") }}{{ kit.flash("<b>", "<b>") }}'
    )


def test_freshness_says_what_is_left():
    assert "还剩 3 小时 20 分" in drawn("{{ kit.freshness(12000) }}")
    assert "已超过 50 分" in drawn("{{ kit.freshness(-3000) }}")


def test_a_room_says_how_much_is_free():
    assert "空 5.3 吨" in drawn("{{ kit.capacity(20000000, 9000000, 4200000, 1500000) }}")
    assert "超出 2 吨" in drawn("{{ kit.capacity(20000000, 22000000) }}")


def test_the_unit_of_a_weight_field_is_the_readers():
    with i18n.reading_as(Reader(unit="jin")):
        field = drawn('{{ kit.weight_field("gross", "Gross") }}')
    assert 'name="gross_unit" value="jin"' in field


def test_an_unknown_macro_is_an_error():
    with pytest.raises(AttributeError, match="the kit has no"):
        getattr(environment().globals["kit"], "nothing")  # noqa: B009
