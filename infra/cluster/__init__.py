"""The log on its way through Kafka: relay, followers, pools shared out among processes."""
