//! Why a `config.toml` is refused. It says where and how, and never quotes what stands there.

/// Why the desk's file was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigFault {
    /// Where it is wrong and how, and never what stands there: it may be the line of a password.
    #[error("config.toml: line {line}, column {column}: {kind}")]
    Toml { line: usize, column: usize, kind: String },
    #[error("config.toml: `desk` must be one line of 1 to {DESK_MAX} characters, without control characters")]
    Desk,
    #[error("config.toml: a printer's `folder` is empty")]
    NoFolder,
    #[error("config.toml: `languages` names none")]
    NoLanguage,
    #[error("config.toml: `sound.volume` is {0}: a volume is from 0 to 100")]
    Volume(u8),
    #[error("config.toml: `mail.server` must name a server")]
    MailServer,
    #[error("config.toml: `mail.from` must be an address alone, such as \"reception@example.org\"")]
    MailFrom,
    #[error("config.toml: `mail.user` and `mail.password` go together")]
    MailLogin,
    #[error(
        "config.toml: with `mail.security = \"plain\"` everybody on the way could read `mail.password`; only a server on this machine may have it so"
    )]
    MailPassword,
    #[error("config.toml: `webhook.url` must begin with https://, or with http:// on this machine")]
    WebhookUrl,
    #[error("config.toml: `webhook.secret` must be whsec_ and 24 to 64 bytes in base64")]
    WebhookSecret,
    #[error("config.toml: `scanners` has one without a `device`")]
    NoDevice,
    #[error("config.toml: `gap_ms` of a scanner is {0}: a gap is from 20 to 2000")]
    Gap(u16),
    #[error("config.toml: `camera.source` is empty: leave `camera` out where there is none")]
    NoCamera,
    #[error("config.toml: `camera.resolution` is {0} × {1}: it is from 160 × 120 to 3840 × 2160")]
    Resolution(u32, u32),
    #[error("config.toml: `{0}` is no address of a printer; it begins with {1}://")]
    Address(String, String),
    #[error("config.toml: `dpi` is {0}: label printers have 203 or 300")]
    Dpi(u16),
}

impl ConfigFault {
    pub(super) fn of_toml(text: &str, error: &toml_edit::de::Error) -> ConfigFault {
        const KINDS: [&str; 6] = ["unknown field", "unknown variant", "invalid type", "invalid value", "invalid length", "duplicate key"];
        let message = error.message();
        let kind = match KINDS.iter().find(|kind| message.starts_with(**kind)) {
            Some(kind) => (*kind).to_owned(),
            // The name of a setting of ours.
            None if message.starts_with("missing field") => message.to_owned(),
            None => "this cannot be read".to_owned(),
        };
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        ConfigFault::Toml { line: before.matches('\n').count() + 1, column, kind }
    }
}

/// Most characters of a desk's name.
pub(super) const DESK_MAX: usize = 80;
