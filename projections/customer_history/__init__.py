"""Customer history: the card of a customer, what is open, and everything that happened, across all channels."""

from projections.customer_history import contacts, matters, people
from projections.customer_history.tables import customer_history

#: The modules that register what the projection does with each type of event.
PARTS = (contacts, matters, people)

__all__ = ["PARTS", "customer_history"]
