"""Which page answers which address? One router for each area of the service."""
