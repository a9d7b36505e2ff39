"""Recordings in a bucket of an S3-compatible store, sealed as in the folder: the store never sees what was said."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from domain.ports import Keyring, RecordingStoreUnavailable
from infra.sealing_blobs import MAX_BLOB_BYTES, check_reference, check_size, open_blob, place_of, seal_blob

#: Seconds; tries of one request, the first included.
CONNECT, READ, TRIES = 5, 30, 3
#: Objects that one request may list (the API's own bound).
AT_ONCE = 1000
_NOT_THERE = frozenset({"NoSuchKey", "404", "NotFound"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Where and as whom. `endpoint` empty: Amazon's own. `prefix` begins the name of every object."""

    name: str
    endpoint: str = ""
    region: str = "us-east-1"
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    prefix: str = "recordings/"


class S3Recordings:
    """`domain.ports.RecordingStore` in a bucket. All raise `RecordingStoreUnavailable` when it does not answer."""

    def __init__(
        self, bucket: Bucket, keyring: Keyring, *, max_bytes: int = MAX_BLOB_BYTES, at_once: int = AT_ONCE
    ) -> None:
        """`at_once`: objects that are listed at once, the API's own bound at most."""
        self._bucket, self._keyring, self._max_bytes, self._at_once = bucket, keyring, max_bytes, at_once
        self._s3 = _client(bucket)

    async def put(self, customer_id: str, content: bytes) -> str:
        """Raises `BlobTooLarge`, `KeyDestroyed`."""
        check_size(content, self._max_bytes)
        return await asyncio.to_thread(self._put, customer_id, content)

    async def get(self, customer_id: str, reference: str) -> bytes | None:
        """Raises `DamagedBlob`, `ValueError` for what is no reference."""
        check_reference(reference)
        stored = await asyncio.to_thread(self._stored, self._key(customer_id, reference))
        return None if stored is None else open_blob(self._keyring, customer_id, reference, stored)

    async def remove(self, customer_id: str, reference: str) -> None:
        """Raises `ValueError` for what is no reference."""
        check_reference(reference)
        await asyncio.to_thread(self._delete, [self._key(customer_id, reference)])

    async def destroy(self, customer_id: str) -> None:
        await asyncio.to_thread(self._destroy, customer_id)

    def _put(self, customer_id: str, content: bytes) -> str:
        reference, parts = seal_blob(self._keyring, customer_id, content)
        with _answering():
            self._s3.put_object(Bucket=self._bucket.name, Key=self._key(customer_id, reference), Body=b"".join(parts))
        return reference

    def _stored(self, key: str) -> bytes | None:
        with _answering():
            try:
                found = self._s3.get_object(Bucket=self._bucket.name, Key=key)
                return bytes(found["Body"].read())
            except ClientError as fault:
                if fault.response.get("Error", {}).get("Code") in _NOT_THERE:
                    return None
                raise

    def _destroy(self, customer_id: str) -> None:
        with _answering():
            pages = self._s3.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket.name,
                Prefix=self._key(customer_id, ""),
                PaginationConfig={"PageSize": self._at_once},
            )
            for page in pages:
                self._delete([one["Key"] for one in page.get("Contents", ())])

    def _delete(self, keys: list[str]) -> None:
        with _answering():
            for key in keys:
                # one by one: some compatible stores want a checksum for deleting many, which others do not know
                self._s3.delete_object(Bucket=self._bucket.name, Key=key)

    def _key(self, customer_id: str, reference: str) -> str:
        return f"{self._bucket.prefix}{place_of(customer_id)}/{reference}"


def _client(bucket: Bucket) -> Any:
    config = Config(
        connect_timeout=CONNECT,
        read_timeout=READ,
        retries={"total_max_attempts": TRIES, "mode": "standard"},
        # compatible stores at an address of their own have no name for each bucket
        s3={"addressing_style": "path" if bucket.endpoint else "auto"},
        # and many do not know the newer checksums: what is stored is authenticated by its own seal
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return botocore.session.get_session().create_client(
        "s3",
        region_name=bucket.region,
        endpoint_url=bucket.endpoint or None,
        aws_access_key_id=bucket.access_key,
        aws_secret_access_key=bucket.secret_key,
        config=config,
    )


@contextmanager
def _answering() -> Generator[None]:
    """The store's faults as the port's, without what they say of requests."""
    try:
        yield
    except ClientError as fault:
        code = fault.response.get("Error", {}).get("Code", "")
        raise RecordingStoreUnavailable(f"the store of recordings refused: {code}") from fault
    except BotoCoreError as fault:
        raise RecordingStoreUnavailable(f"the store of recordings does not answer: {type(fault).__name__}") from fault
