//! A user as text: the rules from which it would be made again, in the form of ACL LIST, GETUSER and the ACL file.

use super::user::{Access, Sanitize, Selector, User};

impl User {
    /// The flags that are set, in the order in which they are shown.
    pub fn flags(&self) -> Vec<&'static str> {
        let mut flags = vec![if self.is_on { "on" } else { "off" }];
        flags.extend(self.no_password.then_some("nopass"));
        match self.sanitize {
            Sanitize::Unsaid => {}
            Sanitize::Always => flags.push("sanitize-payload"),
            Sanitize::Skip => flags.push("skip-sanitize-payload"),
        }
        flags
    }

    /// The user's rules after its name, as ACL LIST shows them.
    pub fn describe(&self) -> Vec<u8> {
        let mut text = self.flags().join(" ").into_bytes();
        for password in &self.passwords {
            text.extend_from_slice(b" #");
            text.extend_from_slice(password.to_hex().as_bytes());
        }
        for (at, selector) in self.selectors.iter().enumerate() {
            text.extend_from_slice(if at == 0 { b" " } else { b" (" });
            selector.describe(&mut text);
            text.extend_from_slice(if at == 0 { b"" } else { b")" });
        }
        text
    }

    /// `user <name> <rules>`
    pub fn line(&self) -> Vec<u8> {
        [b"user ", &*self.name, b" ", &self.describe()].concat()
    }
}

impl Selector {
    fn describe(&self, text: &mut Vec<u8>) {
        let keys = self.describe_keys();
        text.extend_from_slice(&keys);
        text.extend_from_slice(if keys.is_empty() { b"" } else { b" " });
        if !self.all_channels {
            text.extend_from_slice(b"resetchannels ");
        }
        let channels = self.describe_channels();
        text.extend_from_slice(&channels);
        text.extend_from_slice(if channels.is_empty() { b"" } else { b" " });
        text.extend_from_slice(&self.describe_commands());
    }

    /// `-@all +get +@hash`
    pub fn describe_commands(&self) -> Vec<u8> {
        let mut text = if self.future_commands { b"+@all".to_vec() } else { b"-@all".to_vec() };
        for rule in &self.rules {
            text.extend_from_slice(if rule.is_allowed { b" +" } else { b" -" });
            text.extend_from_slice(&rule.subject);
        }
        text
    }

    /// `~a* %R~b*`, or `~*`.
    pub fn describe_keys(&self) -> Vec<u8> {
        if self.all_keys {
            return b"~*".to_vec();
        }
        let shown = self.keys.iter().map(|key| {
            let prefix: &[u8] = match key.access {
                Access { read: true, write: false } => b"%R~",
                Access { read: false, write: true } => b"%W~",
                _ => b"~",
            };
            [prefix, &key.pattern].concat()
        });
        shown.collect::<Vec<_>>().join(&b' ')
    }

    /// `&a* &b`, or `&*`.
    pub fn describe_channels(&self) -> Vec<u8> {
        if self.all_channels {
            return b"&*".to_vec();
        }
        self.channels.iter().map(|pattern| [b"&", &**pattern].concat()).collect::<Vec<_>>().join(&b' ')
    }
}
