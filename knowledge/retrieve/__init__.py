"""From a question to ranked passages, and the decision whether they answer it."""
