//! Where mail goes.

use crate::domain::text::{TextFault, personal_line};

personal_line!(/** Where mail to a host goes, without a name: `karen@example.org`. */ MailAddress, max 254);

impl MailAddress {
    /// Takes an address that a mail server can be asked about: one `@`, printable ASCII, nothing that ends or begins another
    /// address. Whether somebody is there, only the server knows.
    pub fn of(text: &str) -> Result<MailAddress, TextFault> {
        let address = MailAddress::parse(text)?;
        let is_plain = |part: &str, others: &str| {
            !part.is_empty()
                && part.split('.').all(|atom| !atom.is_empty())
                && part.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
        };
        match address.as_str().split_once('@') {
            Some((local, domain)) if is_plain(local, ".!#$%&'*+-/=?^_`{|}~") && is_plain(domain, ".-") => Ok(address),
            _ => Err(TextFault::ControlCharacter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_address_and_nothing_else() {
        for text in ["karen@example.org", " k.k+visits@mail.example.org ", "o'neill@example.org", "a@b"] {
            assert!(MailAddress::of(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "karen",
            "@example.org",
            "karen@",
            "a@b@c",
            "a b@c",
            "Karen <karen@example.org>",
            "a@b,c@d",
            "a@b\r\nRCPT TO:<c@d>",
            "a@b>",
            ".a@b",
            "a..b@c",
            "a@b..c",
            "\"a\"@b",
            "å@example.org",
            "a@[127.0.0.1]",
        ] {
            assert!(MailAddress::of(text).is_err(), "{text}");
        }
        assert!(MailAddress::of(&format!("{}@example.org", "a".repeat(243))).is_err());
    }
}
