"""The guided proof: the main job performed with real mouse and key events, a picture for each step."""
