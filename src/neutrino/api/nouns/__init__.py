"""What each noun does when it is created, changed or deleted, and what the nouns share."""
