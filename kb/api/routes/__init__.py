"""Which route answers which address under /api/v1? One router for each area."""
