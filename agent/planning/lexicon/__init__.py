"""Words that belong to no Spec: what people say around a physics question, in both languages.

Everything here is data. Words that name a tool's fields stand in its Spec, words that name a tool in its registration.
"""
