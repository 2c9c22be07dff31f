//! Pump
