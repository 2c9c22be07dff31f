//! Redaction: the arguments of a command without those that must not be seen in logs or by monitors.

/// What stands for a secret.
const REDACTED: &[u8] = b"(redacted)";
/// Directives whose values are secrets.
const SECRET_DIRECTIVES: [&str; 5] =
    ["masteruser", "masterauth", "requirepass", "tls-key-file-pass", "tls-client-key-file-pass"];

/// The arguments of the command of this name, secrets replaced.
pub(super) fn redact<'a>(command: &str, args: &[&'a [u8]]) -> Vec<&'a [u8]> {
    let mut shown = args.to_vec();
    match command {
        "auth" => hide(&mut shown, 1, usize::MAX),
        "acl|setuser" => hide(&mut shown, 2, usize::MAX),
        "hello" => hide_after(&mut shown, 2, &[(b"auth", 2)]),
        "migrate" => hide_after(&mut shown, 6, &[(b"auth", 1), (b"auth2", 2)]),
        "config|set" => {
            for at in (2..args.len().saturating_sub(1)).step_by(2) {
                let is_secret = |name: &&str| name.as_bytes().eq_ignore_ascii_case(args[at]);
                if SECRET_DIRECTIVES.iter().any(is_secret) {
                    hide(&mut shown, at + 1, 1);
                }
            }
        }
        _ => {}
    }
    shown
}

fn hide(shown: &mut [&[u8]], from: usize, count: usize) {
    shown.iter_mut().skip(from).take(count).for_each(|arg| *arg = REDACTED);
}

/// Hides as many arguments as belong to an option, wherever it stands from `from` on.
fn hide_after(shown: &mut [&[u8]], from: usize, options: &[(&[u8], usize)]) {
    let mut at = from;
    while at < shown.len() {
        let found = options.iter().find(|(word, _)| shown[at].eq_ignore_ascii_case(word));
        let secrets = found.map_or(0, |(_, count)| *count);
        hide(shown, at + 1, secrets);
        at += 1 + secrets;
    }
}

#[cfg(test)]
mod tests {
    use super::redact;

    fn shown(command: &str, line: &str) -> String {
        let args: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
        let shown = redact(command, &args);
        shown.iter().map(|arg| String::from_utf8_lossy(arg)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(shown("auth", "AUTH user pass"), "AUTH (redacted) (redacted)");
        assert_eq!(
            shown("hello", "hello 3 SETNAME a AUTH u p"),
            "hello 3 SETNAME a AUTH (redacted) (redacted)"
        );
        assert_eq!(
            shown("config|set", "CONFIG SET port 1 RequirePass x"),
            "CONFIG SET port 1 RequirePass (redacted)"
        );
        assert_eq!(
            shown("acl|setuser", "ACL SETUSER bob >p on"),
            "ACL SETUSER (redacted) (redacted) (redacted)"
        );
        assert_eq!(
            shown("migrate", "migrate h 1 k 0 10 AUTH2 u p KEYS a"),
            "migrate h 1 k 0 10 AUTH2 (redacted) (redacted) KEYS a"
        );
        assert_eq!(shown("set", "set auth pass"), "set auth pass");
    }
}
