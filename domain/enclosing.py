"""Files that an agent encloses with a reply: how many, how large, and how events name them.

The bytes lie in the blob store; what a file is called is personal and stands in a sealed field of the event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.event import Fact
from domain.personal import plain
from domain.rejection import Rejection

#: Files of one reply.
MOST_FILES = 10
#: Bytes of all files of one reply: as a mail they are a third larger, and few servers take one above 25 MB.
MOST_BYTES = 15 * 1024 * 1024
#: Bytes of a file's name in UTF-8.
LONGEST_NAME = 150


class SentFile(Fact):
    """A file of a reply; the bytes lie in the blob store under `reference` and the key of the customer `owner`.

    `size` in bytes.
    """

    reference: str
    media_type: str
    size: int
    owner: str


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file of a reply, and what it is called."""

    name: str
    file: SentFile


def to_event(named: Sequence[NamedFile]) -> tuple[tuple[SentFile, ...], str | None]:
    """What an event says of files, and of their names: nothing where there are none.

    Raises `Rejection` for what may not go along.
    """
    check([(one.name, one.file.size) for one in named])
    return tuple(one.file for one in named), "\n".join(one.name for one in named) or None


def from_event(files: Sequence[SentFile], names: object) -> list[NamedFile]:
    """The files that an opened event tells of; their names are empty once they were erased."""
    called = plain(names, otherwise="").split("\n")
    called += [""] * (len(files) - len(called))
    return [NamedFile(name, file) for name, file in zip(called, files, strict=False)]


def check(files: Sequence[tuple[str, int]]) -> None:
    """Whether files of these names and sizes in bytes may go along with one reply. Raises `Rejection` saying why not.

    A name stands on one line, in the letter and in the event.
    """
    if len(files) > MOST_FILES:
        raise Rejection("too_many_files", f"at most {MOST_FILES} files go along with one reply; take some away")
    for name, size in files:
        _check_name(name)
        if size == 0:
            raise Rejection("empty_file", f"the file {name!r} is empty; choose another one or leave it out")
    together = sum(size for _, size in files)
    if together > MOST_BYTES:
        most, are = MOST_BYTES // 2**20, -(-together // 2**20)
        raise Rejection("too_large_files", f"the files of one reply may have {most} MB together, these have {are} MB")


def _check_name(name: str) -> None:
    if not name.strip() or not name.isprintable():
        raise Rejection("no_file_name", "a file needs a name of printable characters on one line; rename it")
    if len(name.encode()) > LONGEST_NAME:
        raise Rejection("no_file_name", f"the name of a file has at most {LONGEST_NAME} bytes; give it a shorter one")
