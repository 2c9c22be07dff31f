//! Users for TypeScript: what the configuration and the ACL file say goes in, what CONFIG REWRITE and ACL SAVE write
//! comes out. All texts are bytes, since names and patterns are.

use crate::engine::NativeEngine;
use napi::bindgen_prelude::Buffer;
use napi_derive::napi;

/// What is wrong with a `user` line.
#[napi(object)]
pub struct NativeRuleFault {
    /// Which rule, from 0.
    pub rule: u32,
    pub reason: String,
}

fn slices(words: &[Buffer]) -> Vec<&[u8]> {
    words.iter().map(|word| &word[..]).collect()
}

#[napi]
impl NativeEngine {
    /// Judges a `user` line before there is an engine: the name and its rules.
    #[napi]
    pub fn check_user(words: Vec<Buffer>) -> Option<NativeRuleFault> {
        let fault = hematite_engine::check_user(&slices(&words)).err()?;
        Some(NativeRuleFault { rule: fault.0 as u32, reason: fault.1.to_owned() })
    }

    /// Makes the user of a `user` line. What the log says of a rule that is wrong.
    #[napi]
    pub fn declare_user(&self, words: Vec<Buffer>) -> Option<Buffer> {
        self.core().engine.declare_user(&slices(&words)).err().map(Buffer::from)
    }

    /// Replaces all users by those of an ACL file's text; `caller` is the session that asked, or 0. What is wrong with it.
    #[napi]
    pub fn load_users(&self, text: Buffer, file: Buffer, caller: f64) -> Option<Buffer> {
        let caller = (caller > 0.0).then_some(caller as u64);
        self.core().engine.load_users(&text, &file, caller).err().map(Buffer::from)
    }

    /// All users as the text of an ACL file.
    #[napi]
    pub fn users_text(&self) -> Buffer {
        self.core().engine.users_text().into()
    }

    /// All users, each as a name and its rules.
    #[napi]
    pub fn describe_users(&self) -> Vec<Buffer> {
        self.core().engine.describe_users().into_iter().map(Buffer::from).collect()
    }

    /// The names of users who are off.
    #[napi]
    pub fn disabled_users(&self) -> Vec<Buffer> {
        self.core().engine.disabled_users().into_iter().map(Buffer::from).collect()
    }

    /// Sets `acl-pubsub-default` (whether new users hear all channels) and `acllog-max-len`.
    #[napi]
    pub fn set_acl_options(&self, new_users_hear_all: bool, log_entries_max: f64) {
        self.core().engine.set_acl_options(new_users_hear_all, log_entries_max as usize);
    }
}
