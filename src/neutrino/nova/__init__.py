"""What Nova is told of its instances' ports."""
