"""How people say the fields of the neural-quantum-state Specs, in English and Japanese."""
