"""What higher rooms add to a room's page and to a lot's: words, a colour, a way there."""

from pepperchain.storage.marks import Mark


def test_a_mark_needs_no_more_than_words_and_a_kind() -> None:
    mark = Mark("2.1 °C", "good")
    assert (mark.url, mark.note) == ("", "")
