"""The store of recordings that the settings name: the folder of all blobs, or a bucket."""

from __future__ import annotations

from domain.ports import Keyring, RecordingStore
from infra.blobs import FolderBlobs
from infra.recordings.moved import Moved
from infra.settings import Settings


def open_recordings(settings: Settings, keyring: Keyring, folder: FolderBlobs) -> RecordingStore:
    """The folder, or the bucket with the folder behind it for what was recorded before there was one."""
    given = settings.recordings
    if given is None:
        return folder
    # imported here: the library of buckets takes a third of a second, which every command would pay
    from infra.recordings.s3 import Bucket, S3Recordings

    bucket = Bucket(
        name=given.bucket,
        endpoint=given.endpoint,
        region=given.region,
        access_key=given.access_key.get_secret_value(),
        secret_key=given.secret_key.get_secret_value(),
        prefix=given.prefix,
    )
    return Moved(S3Recordings(bucket, keyring), folder)
