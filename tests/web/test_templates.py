"""What is known before anybody asks for a page stands in the compiled template, and says the same as if it were looked up."""

import pytest
from jinja2 import DictLoader

from pepperchain.web.i18n import Reader, reading_as
from pepperchain.web.render import environment

PIECES = {
    "row.html": "{% set inside = 2 %}<li>{{ item }} {{ _('Search') }}{{ inside }}</li>",
    "list.html": "{% for item in items %}{% include 'row.html' %}{% endfor %}{{ inside is defined }}",
    "talk.html": "{{ _('%(span)s left', span=span) }}|{{ ngettext('%(count)s lot', '%(count)s lots', n, count=n) }}",
    "passed.html": "{% macro say(words) %}[{{ words }}]{% endmacro %}{{ say(_('%(span)s left', span=span)) }}{{ say(_('Search')) }}",
    "asked.html": "{{ _(words) }}",
}


def drawn(name, language, **values):
    with reading_as(Reader(language=language)):
        env = environment().overlay(loader=DictLoader(PIECES), cache_size=0)
        env.bytecode_cache = None
        return env.get_template(name).render(values)


@pytest.mark.parametrize(("language", "word"), [("zh", "查找"), ("en", "Search")])
def test_words_stand_in_the_readers_language(language, word):
    assert word in drawn("list.html", language, items=["a"])


def test_an_included_piece_is_part_of_the_page_and_keeps_its_names_to_itself():
    assert drawn("list.html", "en", items=["a", "<b>"]) == "<li>a Search2</li><li>&lt;b&gt; Search2</li>False"


@pytest.mark.parametrize(
    ("language", "one", "many"),
    [("en", "3 d left|1 lot", "3 d left|2 lots"), ("zh", "还剩 3 d|1 批", "还剩 3 d|2 批")],
)
def test_messages_with_values_say_them_in_their_places(language, one, many):
    assert drawn("talk.html", language, span="3 d", n=1) == one
    assert drawn("talk.html", language, span="3 d", n=2) == many


def test_values_in_messages_are_escaped():
    assert drawn("talk.html", "en", span="<b>", n=1).startswith("&lt;b&gt; left")
    assert drawn("passed.html", "en", span="<b>") == "[&lt;b&gt; left][Search]"


def test_what_is_no_message_of_ours_is_escaped_where_one_is_chosen():
    assert drawn("asked.html", "zh", words="<img src=x>") == "&lt;img src=x&gt;"
    assert drawn("asked.html", "en", words="100% <b>") == "100% &lt;b&gt;"


def test_a_message_that_is_chosen_while_drawing_is_looked_up_then():
    assert drawn("asked.html", "zh", words="Search") == drawn("asked.html", "zh", words="Search") != "Search"
