//! Scenarios, simulator, browser and architecture tests.
