"""What a text costs on the air: 160/153 septets, 70/67 units, nothing cut in two."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from channels.sms.alphabet import DEFAULT, EXTENSION, is_gsm7, septets
from channels.sms.concatenation import Concatenation, header, header_octets, read_header
from channels.sms.segments import UnsendableText, segment

GSM7 = st.text(st.sampled_from([*DEFAULT, *EXTENSION]), max_size=700)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)


def test_the_default_alphabet_has_127_characters_and_the_escape() -> None:
    assert len(DEFAULT) == 127
    assert sorted(DEFAULT.values()) == [septet for septet in range(128) if septet != 0x1B]
    assert len(EXTENSION) == 10


@pytest.mark.parametrize(
    ("character", "septet"),
    [
        ("@", 0x00), ("$", 0x02), ("Ç", 0x09), ("\n", 0x0A), ("\r", 0x0D), ("Δ", 0x10), ("Ξ", 0x1A), ("Æ", 0x1C),
        ("É", 0x1F), (" ", 0x20), ("¤", 0x24), ("0", 0x30), ("¡", 0x40), ("A", 0x41), ("Z", 0x5A), ("Ä", 0x5B),
        ("§", 0x5F), ("¿", 0x60), ("a", 0x61), ("z", 0x7A), ("ä", 0x7B), ("à", 0x7F),
    ],
)  # fmt: skip
def test_a_character_has_the_septet_of_the_standards_table(character: str, septet: int) -> None:
    assert septets(character) == (septet,)


def test_characters_of_the_extension_table_cost_two_septets() -> None:
    assert septets("€") == (0x1B, 0x65)
    assert segment("€" * 80).units_used == 160
    assert len(segment("€" * 80).segments) == 1
    assert [one.units for one in segment("€" * 81).segments] == [152, 10]


@pytest.mark.parametrize(
    ("text", "encoding", "units"),
    [
        ("", "GSM-7", [0]),
        ("a" * 160, "GSM-7", [160]),
        ("a" * 161, "GSM-7", [153, 8]),
        ("a" * 306, "GSM-7", [153, 153]),
        ("a" * 307, "GSM-7", [153, 153, 1]),
        ("a" * 152 + "€" + "b" * 10, "GSM-7", [152, 12]),
        ("ж" * 70, "UCS-2", [70]),
        ("ж" * 71, "UCS-2", [67, 4]),
        ("ж" * 134, "UCS-2", [67, 67]),
        ("😀" * 35, "UCS-2", [70]),
        ("😀" * 36, "UCS-2", [66, 6]),
        ("ж" * 66 + "😀" + "ж" * 4, "UCS-2", [66, 6]),
        ("ç" + "a" * 70, "UCS-2", [67, 4]),
        ("Ç" + "a" * 70, "GSM-7", [71]),
    ],
)
def test_segments_are_as_long_as_the_standard_has_them(text: str, encoding: str, units: list[int]) -> None:
    cut = segment(text)
    assert cut.encoding == encoding
    assert [one.units for one in cut.segments] == units


def test_a_16_bit_reference_takes_one_unit_more_of_each_segment() -> None:
    assert segment("a" * 161, "16-bit").per_segment == 152
    assert segment("ж" * 71, "16-bit").per_segment == 66


@settings(max_examples=300, deadline=None)
@given(st.one_of(GSM7, ANYTHING))
@example("a" * 152 + "€" * 200)
@example("ж" + "😀" * 200)
def test_the_segments_together_are_the_text_and_none_is_too_long(text: str) -> None:
    cut = segment(text)
    assert "".join(one.text for one in cut.segments) == text
    assert all(one.units <= cut.per_segment for one in cut.segments)
    assert cut.units_left == cut.per_segment - cut.segments[-1].units
    for one in cut.segments:
        # Each can be encoded by itself: neither an escape nor a surrogate was left without its partner.
        if cut.encoding == "GSM-7":
            assert one.units == sum(len(septets(character)) for character in one.text)
            assert is_gsm7(one.text)
        else:
            assert len(one.text.encode("utf-16-be")) == 2 * one.units


@settings(max_examples=200, deadline=None)
@given(st.one_of(GSM7, ANYTHING))
def test_no_segment_has_room_for_the_next_ones_first_character(text: str) -> None:
    cut = segment(text)
    for before, after in zip(cut.segments, cut.segments[1:], strict=False):
        first = len(septets(after.text[0])) if cut.encoding == "GSM-7" else len(after.text[0].encode("utf-16-be")) // 2
        assert before.units + first > cut.per_segment


def test_half_a_surrogate_pair_is_refused_with_its_place() -> None:
    with pytest.raises(UnsendableText, match=r"character 3 \(U\+D83D\) is half a surrogate pair"):
        segment("ab\ud83d")


def test_more_segments_than_a_header_can_count_are_refused() -> None:
    assert len(segment("a" * 153 * 255).segments) == 255
    with pytest.raises(UnsendableText, match="256 segments, 255 are possible"):
        segment("a" * (153 * 255 + 1))


def test_a_header_is_the_one_of_the_standard() -> None:
    assert header(Concatenation(0xA5, 3, 2)) == bytes.fromhex("050003a50302")
    assert header(Concatenation(0x1234, 3, 2, "16-bit")) == bytes.fromhex("06080412340302")
    assert len(header(Concatenation(1, 1, 1))) == header_octets("8-bit")
    assert len(header(Concatenation(1, 1, 1, "16-bit"))) == header_octets("16-bit")


@given(st.integers(0, 65535), st.integers(1, 255), st.data())
def test_a_header_is_read_as_it_was_written(reference: int, total: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, total))
    wide = reference > 255 or data.draw(st.booleans())
    written = Concatenation(reference, total, number, "16-bit" if wide else "8-bit")
    assert read_header(header(written)) == written
    assert read_header(header(written) + b"text") == written


@pytest.mark.parametrize("octets", ["", "05", "050003a50304", "050003a50300", "050003a503", "0500", "050003a5"])
def test_a_broken_header_says_nothing(octets: str) -> None:
    assert read_header(bytes.fromhex(octets)) is None


def test_a_header_that_claims_to_be_longer_than_it_is_is_read_as_far_as_it_goes() -> None:
    assert read_header(bytes.fromhex("0a0003a50302ff")) == Concatenation(0xA5, 3, 2)


def test_an_element_before_the_concatenation_is_passed_over() -> None:
    assert read_header(bytes.fromhex("0b05040b84000000030a0201")) == Concatenation(10, 2, 1)


@given(st.binary(max_size=60))
def test_no_octets_make_the_reader_of_headers_fail(octets: bytes) -> None:
    found = read_header(octets)
    assert found is None or 1 <= found.number <= found.total


@pytest.mark.parametrize("wrong", [Concatenation(256, 1, 1), Concatenation(1, 256, 1), Concatenation(1, 2, 0)])
def test_a_header_that_cannot_be_is_refused(wrong: Concatenation) -> None:
    with pytest.raises(ValueError, match=r"reference|segment"):
        header(wrong)
