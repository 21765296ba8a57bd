"""Loads the engine's large library when imported, which `browser_engine.load` does in a thread."""

from bcdesk.ui.flow import browser_engine

browser_engine.load_library("Qt6WebEngineCore")
