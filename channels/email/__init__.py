"""The e-mail channel.

Pure: `parse` (bytes to `ParsedMail`), `identity` (signed Message-IDs and addresses), `ingress` (what kind of
mail this is and what it continues), `compose` (a letter to bytes), `notices` (status mails in the
customer's language), `retry` (when to try again). Thin I/O: `smtp_in`, `imap_in`, `smtp_out`.
"""
