"""Measures of service and of agents' time over any span, by any of several definitions side by side."""

from projections.queries.measures.asking import measured_projects, measures
from projections.queries.measures.grouping import BY, By, Span, UnusableSpan
from projections.queries.measures.request import UnusableRequest, measures_asked
from projections.queries.measures.rules import NotConfigured, definitions_of, queues_of, zone_of
from projections.queries.measures.views import Level, MeasuredGroup, Measures

__all__ = [
    "BY",
    "By",
    "Level",
    "MeasuredGroup",
    "Measures",
    "NotConfigured",
    "Span",
    "UnusableRequest",
    "UnusableSpan",
    "definitions_of",
    "measured_projects",
    "measures",
    "measures_asked",
    "queues_of",
    "zone_of",
]
