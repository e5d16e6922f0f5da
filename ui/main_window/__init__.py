"""The frame around the screens: navigation, top row, messages, status, palette; it knows no feature."""
