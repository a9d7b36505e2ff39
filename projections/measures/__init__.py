"""What measures are made of: contacts and their waits, agents' work and time, and how matters ended.

The rows hold facts and no verdicts: what counts as in time, abandoned or reached is said by definitions when a
question is asked (`projections.queries.measures`), so a new definition tells of the past too.
"""
