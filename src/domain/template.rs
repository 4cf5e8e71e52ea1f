//! Texts with places for values, as notices and translations have them.

use std::fmt::Display;

/// Fills each place `{name}` in one pass, so that no value is ever read as a template. A place without a value stays as it is.
pub fn fill<Value: Display>(template: &str, values: &[(&str, Value)]) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        filled.push_str(&rest[..open]);
        let after = &rest[open + 1..];
        let place = after.find('}').and_then(|close| {
            let (_, value) = values.iter().find(|(name, _)| *name == &after[..close])?;
            Some((close, value))
        });
        match place {
            Some((close, value)) => {
                filled.push_str(&value.to_string());
                rest = &after[close + 1..];
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_once() {
        assert_eq!(fill("{a} and {b} {c} {", &[("a", "{b}"), ("b", "2")]), "{b} and 2 {c} {");
    }
}
