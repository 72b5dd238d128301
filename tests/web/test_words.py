"""Words: complete Chinese, told apart by context, checked by the catalogue."""

from babel.messages.catalog import Message

from pepperchain.web import catalogue, i18n
from pepperchain.web.i18n import Reader

ENGLISH = Reader(language="en")


def test_a_message_is_said_in_the_readers_language():
    assert i18n.gettext("Sign out") == "退出登录"
    assert i18n.gettext("Nobody ever wrote this") == "Nobody ever wrote this"
    with i18n.reading_as(ENGLISH):
        assert i18n.gettext("Sign out") == "Sign out"


def test_counts_have_one_form_in_chinese_and_two_in_english():
    assert i18n.ngettext("%(count)s day", "%(count)s days", 1) == "%(count)s 天"
    with i18n.reading_as(ENGLISH):
        assert i18n.ngettext("%(count)s day", "%(count)s days", 1) == "%(count)s day"
        assert i18n.ngettext("%(count)s day", "%(count)s days", 2) == "%(count)s days"
    assert i18n.pgettext("nowhere", "Sign out") == "Sign out"
    assert i18n.npgettext("nowhere", "one", "many", 2) == "many"


def test_the_reader_is_put_back_afterwards():
    with i18n.reading_as(ENGLISH):
        pass
    assert i18n.reader() == Reader()


def test_the_frame_and_core_are_complete_in_chinese():
    wrong = [
        each
        for each in catalogue.complaints()
        if each.startswith(("web", "core", "layout", "kit", "errors", "templates/"))
    ]
    ours = [
        each
        for each in wrong
        if any(f"/{room}/" in each for room in ("web", "core", "layout", "kit", "errors"))
    ]
    assert not ours


def problems(msgid, text, flags=()):
    return list(catalogue._problems(Message(msgid, text, flags=flags), (msgid,)))


def test_the_catalogue_finds_what_is_wrong():
    assert problems("At %(at)s", "在 %(at)s") == []
    assert problems("At %(at)s", "") == ["is empty"]
    assert problems("At %(at)s", "在")[0].startswith("lacks places")
    assert problems("At", "在 %(at)s")[0].startswith("has places")
    assert problems("At", "在", flags=["fuzzy"]) == ["is fuzzy"]


def test_messages_of_templates_and_of_errors_are_found():
    found = catalogue.said()
    assert (None, "Undo") in found
    assert (None, "Your role does not include this.") in found
    assert (None, "%(count)s day") in found


def test_what_is_missing_can_be_pasted_into_a_catalogue():
    assert 'msgid "Undo"' not in catalogue.missing()
