"""What is computed from the store and can be thrown away: terms, lexical ranking, vectors."""
