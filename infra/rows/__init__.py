"""Where projections keep their rows: one store in three backends, all of one behaviour."""
