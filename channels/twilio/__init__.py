"""The seam to Twilio: signed webhooks in, TwiML and REST requests out."""
