"""The metadata store: definitions and the append-only ledger. The only code that knows tables."""
