//! What TypeScript sets of observation: see [`hematite_engine::Engine::set_directive`].

use crate::engine::NativeEngine;
use napi_derive::napi;

#[napi]
impl NativeEngine {
    /// Sets a directive of observation from its text; whether it is one.
    #[napi]
    pub fn set_directive(&self, name: String, text: String) -> bool {
        self.core().engine.set_directive(&name, &text)
    }
}
