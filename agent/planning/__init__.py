"""How a question becomes a plan of typed tool calls."""
