"""A call that is not about agents: the line it takes, where in its flow it is, what the caller left."""
