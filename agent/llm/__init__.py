"""Language models behind one small protocol: OpenAI-compatible servers, in-process transformers, or none."""
