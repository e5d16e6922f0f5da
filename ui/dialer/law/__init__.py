"""Who may not be called: wishes, registers, consents."""
