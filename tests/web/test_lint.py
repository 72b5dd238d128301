"""The house rules for templates, each with a template that breaks it."""

import pytest

from pepperchain.web import lint


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{{ note|safe }}", "text that is not escaped"),
        ("{{ note | safe }}", "text that is not escaped"),
        ("{% autoescape false %}{% endautoescape %}", "text that is not escaped"),
        ('<p style="color: red">', "inline style"),
        ("<style>p {}</style>", "inline style"),
        ("<script>go()</script>", "inline script"),
        ('<a href="/" onclick="go()">', "inline handler onclick"),
        ('<p hx-on:click="go()">', "inline handler hx-on:click"),
        ("<a href={{ url }}>x</a>", "an attribute without quotes"),
        ('<input type="hidden" value={{ x }}>', "an attribute without quotes"),
        ('<img src="/x.png">', "an image without alt"),
        ('<input name="q">', "a field without a label"),
        ('<label for="a">A</label><input id="b">', "a field without a label"),
        ('<a href="javascript:go()">', "script in href"),
        ('<a href="//other.example/">', "href leads to another host"),
        ('<p hx-trigger="click[ctrlKey]">', "hx-trigger with a filter, which would need eval"),
        ("<button>x</button>", "a button without a type"),
        (
            '<form hx-post="/x">',
            "hx-post on a form, which breaks with a field called `form`: kit.submit(post=…) puts it on the button",
        ),
    ],
)
def test_a_breach_is_found(text, problem):
    assert (1, problem) in lint.problems(text)


@pytest.mark.parametrize(
    "text",
    [
        '<label for="q">Q</label><input id="q" name="q">',
        '<label>Q <input name="q"></label>',
        '<input type="hidden" name="id" value="{{ id }}">',
        '<a href="{{ url_with(lang="en") }}" class="{{ "a" if b else "c" }}">x</a>',
        '<img src="/x.png" alt="">',
        '<meta content="width=device-width, initial-scale=1">',
        '<script src="{{ url_static("app.js") }}" defer></script>',
        "{# <p style='x'> #}",
        '<svg><rect width="{{ part }}" height="6"></rect></svg>',
    ],
)
def test_good_templates_pass(text):
    assert lint.problems(text) == []


def test_the_line_of_a_breach_is_told():
    assert lint.problems('{# a\nb #}\n<p>\n<img src="x">') == [(4, "an image without alt")]


def test_the_frame_keeps_the_rules():
    ours = [path for room in ("layout", "kit", "errors") for path in (lint.TEMPLATES / room).glob("*.html")]
    assert lint.check(ours) == []
