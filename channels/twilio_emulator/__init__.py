"""Twilio on loopback: a server that runs TwiML, signs its webhooks and answers the REST calls we make."""
