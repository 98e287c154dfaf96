"""The agent: plans with a model or by rules, calls typed tools, and answers with evidence."""
