"""The customers' pages: plain server-rendered HTML that works without JavaScript. GET shows, POST acts."""
