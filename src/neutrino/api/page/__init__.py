"""What the page in the browser asks for: its files, a log-in, the stream of events, rows as realised."""
