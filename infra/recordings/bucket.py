"""The bucket that keeps recordings, as the settings name it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class RecordingBucket(BaseModel):
    """A bucket of an S3-compatible store that keeps recordings, in place of the folder of blobs."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    bucket: str = Field(min_length=3, max_length=63)
    endpoint: str = Field(default="", pattern=r"^(https?://[^\s/]+)?$", description="empty: Amazon's own")
    region: str = "us-east-1"
    access_key: SecretStr = Field(min_length=1)
    secret_key: SecretStr = Field(min_length=1)
    prefix: str = Field(default="recordings/", max_length=200, description="begins the name of every object")
