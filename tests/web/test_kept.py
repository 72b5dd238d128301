"""Rows and pieces are drawn once and shown again; what they say, they say to everyone of the same language and unit."""

from dataclasses import dataclass, replace

import pytest
from jinja2 import DictLoader

from pepperchain.web import kept as keeping
from pepperchain.web.drawing import Drawing, Problem
from pepperchain.web.drawing import drawing as showing
from pepperchain.web.i18n import Reader, reading_as
from pepperchain.web.kept import Pieces, Rows
from pepperchain.web.render import environment

ROW = {
    "row.html": "<li>{{ slip.name }} {{ slip.net_grams|weight }} {{ note }} {{ tick() }}</li>",
    "nosy.html": "{{ url_with(page=2) }}",
    "piece.html": "<p>{{ name }}{{ tick() }}</p>",
}


@dataclass(frozen=True, slots=True)
class Slip:
    name: str
    net_grams: int


@pytest.fixture
def drawing():
    """Rows on templates of their own, and what was drawn so far."""
    env = environment().overlay(loader=DictLoader(ROW), cache_size=400)
    env.bytecode_cache = None
    drawn: list[str] = []

    def tick() -> str:
        drawn.append("row")
        return ""

    env.globals = {**env.globals, "tick": tick}
    return Rows(env), drawn


SLIPS = [Slip("<b>", 52_300), Slip("李", 1_000)]


def test_a_row_is_drawn_once_and_shown_again(drawing):
    rows, drawn = drawing
    first = rows("row.html", "slip", SLIPS, note="x")
    assert first.startswith("<li>&lt;b&gt; 52.30")
    assert rows("row.html", "slip", [replace(slip) for slip in SLIPS], note="x") == first
    assert len(drawn) == 2


def test_a_row_that_changed_is_drawn_again(drawing):
    rows, drawn = drawing
    rows("row.html", "slip", SLIPS, note="x")
    assert "2.00" in rows("row.html", "slip", [SLIPS[0], replace(SLIPS[1], net_grams=2_000)], note="x")
    assert " y " in rows("row.html", "slip", SLIPS, note="y")
    assert len(drawn) == 5


def test_each_reader_sees_their_own_unit(drawing):
    rows, _ = drawing
    kilograms = rows("row.html", "slip", SLIPS, note="")
    with reading_as(Reader(unit="jin")):
        assert "104.60" in rows("row.html", "slip", SLIPS, note="")
    assert rows("row.html", "slip", SLIPS, note="") == kilograms


def test_no_more_rows_are_kept_than_allowed(drawing):
    kept, drawn = drawing
    for note in range(3):
        kept("row.html", "slip", [Slip("a", n) for n in range(keeping.ROWS_KEPT_MAX // 2)], note=note)
    assert sum(len(shelf) for shelf in kept._shelves.values()) <= keeping.ROWS_KEPT_MAX
    before = len(drawn)
    kept("row.html", "slip", [Slip("a", n) for n in range(10)], note=2)
    assert len(drawn) == before


def test_a_row_cannot_ask_for_what_is_not_its_own(drawing):
    rows, _ = drawing
    with pytest.raises(TypeError):
        rows("nosy.html", "slip", SLIPS)
    assert rows("row.html", "slip", [], note="") == ""


@pytest.fixture
def pieces(drawing):
    rows, drawn = drawing
    return Pieces(rows._env), drawn


def test_a_piece_is_drawn_once_for_its_values(pieces):
    piece, drawn = pieces
    assert piece("piece.html", name="<x>") == piece("piece.html", name="<x>") == "<p>&lt;x&gt;</p>"
    assert piece("piece.html", name="y") == "<p>y</p>"
    assert len(drawn) == 2


def test_a_piece_of_one_address_leads_on_from_there(pieces):
    piece, _ = pieces
    with showing(Drawing("/slips", "form=dry&cursor=abc")):
        assert piece.here("nosy.html") == "/slips?form=dry&amp;page=2"
    with showing(Drawing("/slips", "form=fresh")):
        assert piece.here("nosy.html") == "/slips?form=fresh&amp;page=2"
    with pytest.raises(TypeError):
        piece("nosy.html")


def test_a_form_with_something_wrong_is_drawn_anew(pieces):
    piece, drawn = pieces
    with showing(Drawing("/slips", "", Problem("no"), {})):
        piece.here("piece.html", name="x")
        piece.here("piece.html", name="x")
    assert len(drawn) == 2
