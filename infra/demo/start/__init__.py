"""The start page of a demo: on loopback, beside the centre, and of no other command than `trunkline demo`."""
