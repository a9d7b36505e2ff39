"""Bounds on what one mail may cost. Whatever is cut because of them is recorded in `ParsedMail.faults`.

The values are far above what people send and far below what hurts: a person's mail has some ten parts,
a hundred header lines and a few kilobytes of text.
"""

from __future__ import annotations

from typing import Final

#: Largest mail accepted, bytes on the wire (RFC 1870 SIZE).
MAX_MAIL_BYTES: Final = 25 * 1024 * 1024
#: All header lines of a mail or part together, bytes.
MAX_HEADER_BYTES: Final = 256 * 1024
#: Header lines of a mail or part, after unfolding.
MAX_HEADERS: Final = 1_000
#: One header's value, characters.
MAX_HEADER_VALUE: Final = 32 * 1024
#: MIME parts of a mail, containers included.
MAX_PARTS: Final = 500
#: Containers within containers.
MAX_DEPTH: Final = 20
#: Parameters of a Content-Type or Content-Disposition.
MAX_PARAMETERS: Final = 64
#: Addresses kept of each of To, Cc and Reply-To.
MAX_ADDRESSES: Final = 200
#: Message-IDs kept of References (the latest, since they are nearest).
MAX_REFERENCES: Final = 200
#: Attachments kept.
MAX_ATTACHMENTS: Final = 100
#: Meetings kept of the calendars in a mail.
MAX_INVITATIONS: Final = 20
#: Of a calendar: characters looked at, and lines of one meeting handed to the library.
MAX_CALENDAR: Final = 1024 * 1024
MAX_MEETING_LINES: Final = 300
#: Pictures of the mail itself that are put into its HTML when a reader asks, bytes together.
MAX_INLINE_IMAGES: Final = 10 * 1024 * 1024
#: Readable text kept, characters.
MAX_TEXT: Final = 1_000_000
#: HTML handed to the sanitiser, characters: its parser is quadratic on hostile input.
MAX_HTML: Final = 512 * 1024
#: Open elements within one another in HTML; browsers themselves stop at 512.
MAX_HTML_DEPTH: Final = 400
#: Recipients whose failure one bounce may report.
MAX_BOUNCED: Final = 100
#: A mail that passed this many servers goes round in a circle (RFC 5321 section 6.3 asks for at least 100 hops
#: before giving up on *relaying*; at the final mailbox half of it is already no honest route).
MAX_RECEIVED: Final = 50
