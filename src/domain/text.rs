//! A line of text that a person typed: what is taken as it is, and what is refused with a reason.

/// Why a line of text was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFault {
    /// Nothing that can be seen was typed.
    Missing,
    /// Longer than `max` characters.
    TooLong { max: usize },
    /// Holds a control character, or a mark that turns the direction of the text around it.
    ControlCharacter,
}

/// Takes `text` without its outer white space, otherwise unchanged.
///
/// **Errors** the first [`TextFault`] that holds, in the order of the enum.
pub fn line(text: &str, max: usize) -> Result<String, TextFault> {
    let text = text.trim();
    if text.chars().all(is_invisible) {
        return Err(TextFault::Missing);
    }
    if text.chars().nth(max).is_some() {
        return Err(TextFault::TooLong { max });
    }
    if text.chars().any(breaks_a_line) {
        return Err(TextFault::ControlCharacter);
    }
    Ok(text.to_owned())
}

/// Takes a line that may stay empty.
pub fn optional_line(text: &str, max: usize) -> Result<Option<String>, TextFault> {
    match line(text, max) {
        Ok(text) => Ok(Some(text)),
        Err(TextFault::Missing) => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// White space and the characters that leave no trace on a screen (Unicode: default ignorable, fillers).
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
        || c.is_control()
}

/// Control characters, line separators, and embeddings, overrides and isolates of direction.
/// Plain left-to-right and right-to-left marks and joiners stay: names need them.
fn breaks_a_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Declares a type for one kind of personal line. Its `Debug` hides the text, so that no log can leak it.
macro_rules! personal_line {
    ($(#[$doc:meta])* $name:ident, max $max:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(Box<str>);

        impl $name {
            /// Most characters it may have.
            pub const MAX: usize = $max;

            /// Takes the text without its outer white space, otherwise unchanged.
            pub fn parse(text: &str) -> Result<Self, $crate::domain::text::TextFault> {
                $crate::domain::text::line(text, Self::MAX).map(|line| Self(line.into()))
            }

            /// As [`Self::parse`], with nothing typed as `None`.
            pub fn parse_optional(text: &str) -> Result<Option<Self>, $crate::domain::text::TextFault> {
                Ok($crate::domain::text::optional_line(text, Self::MAX)?.map(|line| Self(line.into())))
            }

            /// What was parsed before, and kept.
            #[allow(dead_code, reason = "not every kind of line is kept in a file's rows")]
            pub(in $crate::domain) fn taken(text: &str) -> Self {
                Self(text.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}
pub(crate) use personal_line;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hard_names_are_taken_as_they_are() {
        for name in ["Ø", "李小龍", "محمد بن عبد الله", "נעה", "Zoë\u{301}\u{302}", "👩‍👩‍👧 Ada", "O'Neill; --", "a\u{200D}b", "\u{200F}נעה"]
        {
            assert_eq!(line(name, 200).as_deref(), Ok(name));
        }
    }

    #[test]
    fn nothing_visible_is_nothing() {
        for text in ["", " ", "\t\n", "\u{200B}\u{FEFF}", "\u{2066}\u{2069}", "\0", "\u{3164}", "\u{FE0F}"] {
            assert_eq!(line(text, 200), Err(TextFault::Missing), "{text:?}");
            assert_eq!(optional_line(text, 200), Ok(None), "{text:?}");
        }
    }

    #[test]
    fn control_characters_are_refused() {
        for text in ["a\0", "a\nb", "a\u{1b}[31m", "a\u{7f}b", "a\u{85}b", "a\u{2028}b", "a\u{202E}b", "\u{2067}a"] {
            assert_eq!(line(text, 200), Err(TextFault::ControlCharacter), "{text:?}");
        }
    }

    #[test]
    fn the_limit_counts_characters_not_bytes() {
        assert!(line(&"å".repeat(200), 200).is_ok());
        assert_eq!(line(&"å".repeat(201), 200), Err(TextFault::TooLong { max: 200 }));
        assert_eq!(line(&"x".repeat(10_000), 200), Err(TextFault::TooLong { max: 200 }));
    }
}
