"""Sentences told in English that can be said in another language: each has a code, and what it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: What a sentence names: a name, a number, or a part that is a sentence itself.
Given = Mapping[str, "str | int | float | Sentence"]


class Sentence(str):
    """The English words. `code` says which sentence it is and never changes; `given` is what stands in its places."""

    code: str
    given: Given

    def __new__(cls, words: str, code: str, given: Given) -> Sentence:
        sentence = super().__new__(cls, words)
        sentence.code, sentence.given = code, given
        return sentence

    def __reduce__(self) -> tuple[type[Sentence], tuple[str, str, Given]]:
        return Sentence, (str(self), self.code, self.given)  # copied and pickled whole


class BadDeclaration(ValueError):
    """Something declared that cannot be so; `sentence` says what is wrong with it."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def say(code: str, english: str, **given: str | int | float | Sentence) -> Sentence:
    """The sentence of this code, its places (`{name}`, as `str.format` has them) filled with what is given."""
    return Sentence(english.format(**given), code, given)


def joined(parts: Sequence[Sentence], by: str = ", ") -> Sentence:
    """Several sentences as one, in their order; at least one."""
    whole = parts[-1]
    for part in reversed(parts[:-1]):
        whole = say("joined", "{part}{by}{rest}", part=part, by=by, rest=whole)
    return whole
