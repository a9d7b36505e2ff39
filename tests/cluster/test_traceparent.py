"""What a record tells of its trace is what the span of its event is called."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.operations.tracing import span_of, traceparent_of, traceparent_told

IDS = st.uuids().map(str)


@given(IDS, IDS | st.just(""))
def test_the_header_of_an_event_names_the_span_that_the_event_stands_for(conversation: str, event: str) -> None:
    span = span_of(conversation, event)
    assert span is not None
    assert traceparent_told(conversation, event, sampled=False) == traceparent_of(span).encode()


def test_an_event_whose_id_ends_in_nothing_is_called_by_its_conversation() -> None:
    conversation, event = str(UUID(int=(7 << 64) + 5)), str(UUID(int=9 << 64))
    told = b"00-00000000000000070000000000000005-0000000000000005"
    assert traceparent_told(conversation, event, sampled=False) == told + b"-00"
    assert traceparent_told(conversation, event, sampled=True) == told + b"-01"


@pytest.mark.parametrize(
    ("conversation", "event"), [("", ""), ("imported", ""), (str(UUID(int=1)), "old-id"), ("ab", "")]
)
def test_what_belongs_to_no_trace_has_no_such_header(conversation: str, event: str) -> None:
    assert traceparent_told(conversation, event, sampled=False) is None
    assert span_of(conversation, event) is None
