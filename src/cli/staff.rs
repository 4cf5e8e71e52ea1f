//! `velkommen staff add`: somebody new runs the desk. The secret comes from standard input.

use std::io::Read;

use clap::Subcommand;
use serde_json::json;

use super::answer::{Answer, Failure};
use super::refusal::text_refusal;
use crate::desk::Desk;
use crate::desk::add_staff::{AddStaff, AddStaffOutcome, StaffFault, add_staff};
use crate::documents::words::Words;
use crate::domain::access::Actor;
use crate::domain::staff::{Role, SecretFault};

#[derive(Debug, Subcommand)]
pub enum Staff {
    /// Add somebody; the PIN of 6 digits or the passphrase is read from standard input
    Add {
        name: String,
        /// reception, event, competition, marketing, security, dpo or admin; repeats
        #[arg(long = "role", required = true, value_parser = parse_role)]
        roles: Vec<Role>,
    },
}

fn parse_role(word: &str) -> Result<Role, String> {
    Role::parse(word).ok_or_else(|| format!("a role is one of: {}", Role::ALL.map(Role::word).join(", ")))
}

impl Staff {
    pub fn run(&self, desk: &mut Desk, answer: &Answer) -> Result<(), Failure> {
        let Staff::Add { name, roles } = self;
        let mut secret = String::new();
        std::io::stdin().lock().take(4096).read_to_string(&mut secret)?;
        let secret = secret.trim_end_matches(['\r', '\n']).to_owned();
        let input = AddStaff { name: name.clone(), secret, roles: roles.iter().copied().collect() };
        match add_staff(desk, &Actor::Operator, &input)? {
            AddStaffOutcome::Added(id) => answer.line(json!({ "staff": id.to_string(), "name": name.trim() }), |words| {
                words.say_with("cli", "{name} can unlock the desk now.", &[("name", &name.trim())])
            }),
            AddStaffOutcome::Refused(faults) => Err(refusal(answer.words(), &faults)),
        }
    }
}

fn refusal(words: Words, faults: &[StaffFault]) -> Failure {
    match faults.first() {
        Some(StaffFault::Name(fault)) => text_refusal(words, "name", *fault),
        Some(StaffFault::NameTaken) => {
            Failure::refused("taken", Some("name"), words.say("cli", "Somebody unlocks with this name already."))
        }
        Some(StaffFault::Secret(SecretFault::Missing)) => {
            Failure::refused("missing", Some("secret"), words.say("cli", "No secret came on standard input."))
        }
        Some(StaffFault::Secret(_)) => Failure::refused(
            "secret",
            Some("secret"),
            words.say("cli", "A secret is a PIN of 6 digits or a passphrase of at least 8 characters."),
        ),
        Some(StaffFault::NoRole) | None => Failure::refused("no_role", Some("role"), words.say("cli", "Somebody needs at least one role.")),
    }
}
