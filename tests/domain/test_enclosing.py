"""Files that go along with a reply: what may, and what is said of them."""

import pytest

from domain.delivery.events import NotificationRequested
from domain.enclosing import MOST_BYTES, MOST_FILES, NamedFile, SentFile, check, from_event
from domain.interaction.events import MessageSent
from domain.interaction.work import Reply
from domain.rejection import Rejection
from tests.domain.commands import Work, in_hand
from tests.domain.world import World


def named(name: str = "Żółw.pdf", size: int = 3) -> NamedFile:
    return NamedFile(name, SentFile(reference=name, media_type="application/pdf", size=size, owner="ada"))


def reply(work: Work, *files: NamedFile, **more: str) -> Reply:
    return Reply(**work.mine, text="Here it is.", files=files, **more)  # type: ignore[arg-type]


def test_files_go_along_with_the_letter_and_stand_in_the_record(staffed: World) -> None:
    files = [named(), named("b.txt", 7)]
    then = staffed.when(reply(in_hand(staffed, "anna"), *files))
    for event in (then.one(NotificationRequested), then.one(MessageSent)):
        assert from_event(event.files, event.file_names) == files


def test_a_file_alone_is_a_reply_by_mail_and_nothing_at_all_is_none(staffed: World) -> None:
    work = in_hand(staffed, "anna")
    staffed.when(Reply(**work.mine, text=" \n")).rejected("empty")
    staffed.when(Reply(**work.mine, text="", files=(named(),), by="sms")).rejected("no_files_this_way")
    then = staffed.when(Reply(**work.mine, text="", files=(named(),)))
    assert then.one(MessageSent).text == ""
    assert from_event(then.one(NotificationRequested).files, then.one(NotificationRequested).file_names) == [named()]


def test_a_reply_without_files_says_nothing_of_any(staffed: World) -> None:
    then = staffed.when(reply(in_hand(staffed, "anna")))
    assert (then.one(MessageSent).files, then.one(MessageSent).file_names) == ((), None)


def test_a_text_carries_no_files_and_says_so_before_anything_is_sent(staffed: World) -> None:
    work = in_hand(staffed, "anna")
    staffed.when(reply(work, named(), by="sms")).rejected("no_files_this_way", saying="answer by mail")


@pytest.mark.parametrize(
    ("files", "code", "saying"),
    [
        ([("a", 1)] * (MOST_FILES + 1), "too_many_files", "at most 10"),
        ([("a", MOST_BYTES), ("b", 1)], "too_large_files", "15 MB together, these have 16 MB"),
        ([("a", 0)], "empty_file", "'a' is empty"),
        ([(" ", 1)], "no_file_name", "needs a name"),
        ([("a\nb", 1)], "no_file_name", "one line"),
        ([("ż" * 80, 1)], "no_file_name", "150 bytes"),
    ],
)
def test_what_may_not_go_along_is_refused_with_how_to_mend_it(
    files: list[tuple[str, int]], code: str, saying: str
) -> None:
    with pytest.raises(Rejection, match=saying) as refused:
        check(files)
    assert refused.value.code == code


def test_the_names_of_files_are_gone_with_an_erased_customer() -> None:
    assert [one.name for one in from_event([named().file, named().file], None)] == ["", ""]
