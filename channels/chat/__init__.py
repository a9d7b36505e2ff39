"""Web chat: customers write on a page of ours, or in a frame on another site, and agents answer at once."""
