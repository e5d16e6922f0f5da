"""The computer's keyring: a server's password is kept there or nowhere."""

import logging

_SERVICE = "callboard"

logger = logging.getLogger(__name__)


def is_usable() -> bool:
    """Whether this computer has a keyring; without one the password is asked for each time."""
    import keyring
    from keyring.backends import fail, null

    return not isinstance(keyring.get_keyring(), fail.Keyring | null.Keyring)


def recall(address: str) -> str | None:
    """The password kept for this address, or None."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(_SERVICE, address)
    except KeyringError:
        logger.warning("the keyring does not answer")
        return None


def keep(address: str, password: str) -> bool:
    """Keep the password for this address; False when the keyring would not take it."""
    import keyring
    from keyring.errors import KeyringError

    if not is_usable():
        return False
    try:
        keyring.set_password(_SERVICE, address, password)
    except KeyringError:
        logger.warning("the keyring does not take a password")
        return False
    return True


def forget(address: str) -> None:
    """Keep no password for this address any more."""
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.delete_password(_SERVICE, address)
    except KeyringError:
        logger.info("there was no password to forget")
