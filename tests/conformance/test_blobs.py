"""Blobs come back whole, only under their customer's key, or not at all."""

from __future__ import annotations

import pytest

from domain.ports import KeyDestroyed
from infra.blobs import CHUNK_BYTES, BlobTooLarge, DamagedBlob, FolderBlobs


@pytest.fixture
def blobs(tmp_path, keyring) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs", keyring)


def only_file(tmp_path):
    (path,) = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    return path


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
async def test_a_blob_of_any_size_comes_back_as_it_was(blobs, size):
    content = bytes(range(256)) * (size // 256 + 1)
    reference = await blobs.put("c", content[:size])
    assert await blobs.get("c", reference) == content[:size]


async def test_what_lies_on_disk_does_not_show_the_content(blobs, tmp_path):
    await blobs.put("c", b"a secret recording" * 100)
    assert b"secret" not in only_file(tmp_path).read_bytes()


async def test_a_blob_never_stored_or_of_another_customer_is_none(blobs):
    reference = await blobs.put("c", b"x")
    assert await blobs.get("d", reference) is None
    assert await blobs.get("c", "0" * 32) is None


async def test_a_reference_that_is_a_path_is_refused(blobs):
    for reference in ("../../etc/passwd", "", "0" * 31 + "/"):
        with pytest.raises(ValueError, match="not a blob reference"):
            await blobs.get("c", reference)


async def test_destroying_removes_everything_of_that_customer_and_is_harmless_twice(blobs):
    gone, kept = await blobs.put("c", b"x"), await blobs.put("d", b"y")
    await blobs.destroy("c")
    await blobs.destroy("c")
    assert await blobs.get("c", gone) is None
    assert await blobs.get("d", kept) == b"y"


async def test_once_the_key_is_destroyed_a_left_over_file_says_nothing_and_none_is_added(blobs, keyring):
    reference = await blobs.put("c", b"x")
    keyring.destroy(["c"])
    assert await blobs.get("c", reference) is None
    with pytest.raises(KeyDestroyed):
        await blobs.put("c", b"more")


@pytest.mark.parametrize(
    "alter",
    [
        lambda b: b[:-1],
        lambda b: b[: -CHUNK_BYTES - 16],
        lambda b: b[:-1] + bytes([b[-1] ^ 1]),
        lambda b: b"",
        lambda b: b"XXXX" + b[4:],
        lambda b: b + b[-100:],
    ],
    ids=["cut by a byte", "cut by a chunk", "a bit flipped", "emptied", "another beginning", "lengthened"],
)
async def test_an_altered_blob_is_told_and_never_handed_out(blobs, tmp_path, alter):
    reference = await blobs.put("c", b"x" * (2 * CHUNK_BYTES))
    path = only_file(tmp_path)
    path.write_bytes(alter(path.read_bytes()))
    with pytest.raises(DamagedBlob, match=reference):
        await blobs.get("c", reference)


async def test_a_blob_too_large_is_refused_and_leaves_nothing(tmp_path, keyring):
    blobs = FolderBlobs(tmp_path / "blobs", keyring, max_bytes=10)
    with pytest.raises(BlobTooLarge, match="at most 10"):
        await blobs.put("c", b"x" * 11)
    assert not (tmp_path / "blobs").exists()
