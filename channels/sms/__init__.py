"""The SMS channel, as far as it is pure.

`segments` (what a text costs on the air), `substitutes` (what could be written instead), `concatenation` (the
header that joins segments), `keywords` (STOP and its like), `sending_hours` (when nobody is to be disturbed),
`throttle` (how fast a number may send), `senders` (which number writes to whom).
"""
