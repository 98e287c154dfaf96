"""What a language model adds to retrieval, bounded so that a bad one cannot make an answer worse."""
