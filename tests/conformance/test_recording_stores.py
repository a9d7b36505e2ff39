"""What every store of recordings must show: the folder, and a bucket of an S3-compatible store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import botocore.session
import pytest
from moto.server import ThreadedMotoServer

from domain.ports import KeyDestroyed, RecordingStore, RecordingStoreUnavailable
from infra.blobs import FolderBlobs
from infra.keys.memory import MemoryKeyring
from infra.recordings.moved import Moved
from infra.recordings.s3 import Bucket, S3Recordings
from infra.sealing_blobs import CHUNK_BYTES, BlobTooLarge, DamagedBlob

KEYS = {"access_key": "an access key", "secret_key": "a secret key"}
SOUND = bytes(range(256)) * 5000


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a store with a bucket."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3: str, request: pytest.FixtureRequest) -> Bucket:
    """A bucket of the test's own."""
    name = f"recordings-{abs(hash(request.node.name)) % 10**12}"
    found = Bucket(name=name, endpoint=s3, **KEYS)
    plain(found).create_bucket(Bucket=name)
    return found


def plain(bucket: Bucket) -> object:
    """The store as anybody sees it who has the keys."""
    return botocore.session.get_session().create_client(
        "s3",
        region_name=bucket.region,
        endpoint_url=bucket.endpoint,
        aws_access_key_id=bucket.access_key,
        aws_secret_access_key=bucket.secret_key,
    )


@pytest.fixture(params=["folder", "bucket", "bucket before which there was a folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path, keyring: MemoryKeyring) -> RecordingStore:
    folder = FolderBlobs(tmp_path / "recordings", keyring, max_bytes=4 * CHUNK_BYTES)
    if request.param == "folder":
        return folder
    s3 = S3Recordings(request.getfixturevalue("bucket"), keyring, max_bytes=4 * CHUNK_BYTES)
    return s3 if request.param == "bucket" else Moved(s3, folder)


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1])
async def test_a_recording_comes_back_as_it_was(store: RecordingStore, size: int) -> None:
    sound = (SOUND * 2)[:size]
    assert await store.get("ada", await store.put("ada", sound)) == sound


async def test_what_is_not_there_or_is_another_customers_is_none(store: RecordingStore) -> None:
    reference = await store.put("ada", SOUND)
    assert await store.get("bob", reference) is None
    assert await store.get("ada", "0" * 32) is None


async def test_one_recording_is_removed_and_the_others_stay(store: RecordingStore) -> None:
    first, second = await store.put("ada", SOUND), await store.put("ada", b"other")
    await store.remove("ada", first)
    await store.remove("ada", first)
    assert await store.get("ada", first) is None
    assert await store.get("ada", second) == b"other"


async def test_an_erased_customers_recordings_are_gone_and_no_more_are_taken(
    store: RecordingStore, keyring: MemoryKeyring
) -> None:
    gone, kept = await store.put("ada", SOUND), await store.put("bob", SOUND)
    keyring.destroy(["ada"])
    assert await store.get("ada", gone) is None
    await store.destroy("ada")
    await store.destroy("ada")
    assert await store.get("bob", kept) == SOUND
    with pytest.raises(KeyDestroyed):
        await store.put("ada", SOUND)


async def test_what_is_no_reference_and_what_is_too_large_is_refused(store: RecordingStore) -> None:
    for reference in ("../../secrets", "", "0" * 31 + "/"):
        with pytest.raises(ValueError, match="not a blob reference"):
            await store.get("ada", reference)
        with pytest.raises(ValueError, match="not a blob reference"):
            await store.remove("ada", reference)
    with pytest.raises(BlobTooLarge):
        await store.put("ada", b"x" * (4 * CHUNK_BYTES + 1))


async def test_the_bucket_never_sees_what_was_said_nor_whose_it_is(bucket: Bucket, keyring: MemoryKeyring) -> None:
    reference = await S3Recordings(bucket, keyring).put("ada", b"a secret " * 1000)
    (one,) = plain(bucket).list_objects_v2(Bucket=bucket.name)["Contents"]  # type: ignore[attr-defined]
    assert one["Key"].startswith("recordings/")
    assert one["Key"].endswith(reference)
    assert "ada" not in one["Key"]
    body = plain(bucket).get_object(Bucket=bucket.name, Key=one["Key"])["Body"].read()  # type: ignore[attr-defined]
    assert b"secret" not in body


async def test_an_object_that_was_altered_is_told_and_never_handed_out(bucket: Bucket, keyring: MemoryKeyring) -> None:
    store = S3Recordings(bucket, keyring)
    reference = await store.put("ada", SOUND)
    s3 = plain(bucket)
    (one,) = s3.list_objects_v2(Bucket=bucket.name)["Contents"]  # type: ignore[attr-defined]
    body = s3.get_object(Bucket=bucket.name, Key=one["Key"])["Body"].read()  # type: ignore[attr-defined]
    s3.put_object(Bucket=bucket.name, Key=one["Key"], Body=body[:-1])  # type: ignore[attr-defined]
    with pytest.raises(DamagedBlob, match=reference):
        await store.get("ada", reference)


async def test_many_recordings_of_one_customer_are_destroyed_however_many_pages_they_fill(
    bucket: Bucket, keyring: MemoryKeyring
) -> None:
    store = S3Recordings(bucket, keyring, at_once=3)
    for _ in range(8):
        await store.put("ada", b"x")
    await store.destroy("ada")
    assert "Contents" not in plain(bucket).list_objects_v2(Bucket=bucket.name)  # type: ignore[attr-defined]


async def test_a_store_that_is_away_or_refuses_says_so_without_the_request(s3: str, keyring: MemoryKeyring) -> None:
    away = S3Recordings(Bucket(name="nowhere", endpoint="http://127.0.0.1:9", **KEYS), keyring)
    refuses = S3Recordings(Bucket(name="no-such-bucket", endpoint=s3, **KEYS), keyring)
    for store in (away, refuses):
        with pytest.raises(RecordingStoreUnavailable) as told:
            await store.put("ada", b"x")
        assert "recordings/" not in str(told.value)


async def test_what_was_recorded_before_the_move_is_found_removed_and_destroyed_in_the_old_house(
    bucket: Bucket, keyring: MemoryKeyring, tmp_path: Path
) -> None:
    folder = FolderBlobs(tmp_path, keyring)
    first, second = await folder.put("ada", b"first"), await folder.put("ada", b"second")
    moved = Moved(S3Recordings(bucket, keyring), folder)
    assert await moved.get("ada", first) == b"first"
    await moved.remove("ada", first)
    assert await folder.get("ada", first) is None
    await moved.destroy("ada")
    assert await folder.get("ada", second) is None
