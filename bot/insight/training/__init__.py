"""How the sentiment model learns: examples, the tuned encoder, the parts, their blend, and the gate before use."""
