"""The outside world: telephone numbers, telephony, mail; what talks to a service has a fake that ships."""
