"""Mail, wired: what arrives becomes commands, what is to be delivered leaves by SMTP."""
