"""The Transformer Playground: type a sentence and see how a transformer reads it."""
