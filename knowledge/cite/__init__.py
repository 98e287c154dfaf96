"""From ranked passages to an answer in verbatim sentences."""
