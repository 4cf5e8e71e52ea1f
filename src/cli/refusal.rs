//! What several commands refuse, in words.

use super::answer::Failure;
use crate::documents::words::Words;
use crate::domain::field::{FieldFault, FieldReason};
use crate::domain::text::TextFault;

/// There is no such event, or it is erased.
pub fn no_event(words: Words) -> Failure {
    Failure::refused("no_event", Some("event"), words.say("cli", "There is no such event."))
}

/// The refusal of the first field that complains.
pub fn field_refusal(words: Words, faults: &[FieldFault]) -> Failure {
    let Some(fault) = faults.first() else {
        return Failure::failed("refused", "refused without a reason");
    };
    let field = fault.field.word();
    match fault.reason {
        FieldReason::Text(reason) => text_refusal(words, field, reason),
        FieldReason::NotAsked => {
            Failure::refused("not_asked", Some(field), words.say("cli", "The profile does not ask for this, so it is not taken."))
        }
        FieldReason::HostGone => Failure::refused("host_gone", Some(field), words.say("cli", "This host is no longer in the directory.")),
    }
}

/// The refusal of a line of text, naming its field.
pub fn text_refusal(words: Words, field: &'static str, fault: TextFault) -> Failure {
    let (word, message) = match fault {
        TextFault::Missing => {
            ("missing", words.say_with("cli", "{field}: something that can be read is needed here.", &[("field", &field)]))
        }
        TextFault::TooLong { max } => {
            ("too_long", words.say_with("cli", "{field}: at most {max} characters.", &[("field", &field), ("max", &max)]))
        }
        TextFault::ControlCharacter => {
            let message = words.say_with(
                "cli",
                "{field}: control characters and marks that turn the direction of writing are not taken.",
                &[("field", &field)],
            );
            ("control_character", message)
        }
    };
    Failure::refused(word, Some(field), message)
}
