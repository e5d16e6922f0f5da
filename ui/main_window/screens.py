"""The screens of the navigation, in its order; each is imported when it is first shown."""

from ui.kit.screen import Screen

SCREENS: tuple[Screen, ...] = ()
