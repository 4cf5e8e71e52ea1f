//! `velkommen visit invite`: a visit is announced, and the file for the visitor's calendar written.

use std::fmt::Display;
use std::path::PathBuf;

use serde_json::json;

use super::answer::{Answer, Failure};
use super::refusal::{field_refusal, text_refusal};
use crate::desk::Desk;
use crate::desk::invite_visitor::{InviteFault, InviteVisitor, InviteVisitorOutcome, TellHost, invite_visitor};
use crate::desk::sign_in::HostChoice;
use crate::documents::letter::House;
use crate::documents::words::Words;
use crate::documents::{dates, invitation};
use crate::domain::access::Actor;
use crate::domain::text::TextFault;
use crate::files;

#[derive(Debug, clap::Args)]
pub struct Invite {
    #[arg(long, allow_hyphen_values = true)]
    name: String,
    #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    company: String,
    #[arg(long, default_value = "", hide_default_value = true, allow_hyphen_values = true)]
    title: String,
    /// Whom they visit; kept as typed when the directory does not have this name
    #[arg(long, allow_hyphen_values = true)]
    host: String,
    /// When they come: YYYY-MM-DDTHH:MM on this desk's wall
    #[arg(long, value_name = "LOCAL")]
    at: String,
    /// When they leave [default: an hour later]
    #[arg(long, value_name = "LOCAL", default_value = "", hide_default_value = true)]
    until: String,
    /// The calendar file to write; its QR code is written beside it as a PNG
    #[arg(long, value_name = "FILE.ics")]
    out: PathBuf,
    /// Send the invitation to the host too, for forwarding
    #[arg(long)]
    mail: bool,
}

impl Invite {
    pub fn run(&self, desk: &mut Desk, answer: &Answer) -> Result<(), Failure> {
        let input = InviteVisitor {
            name: self.name.clone(),
            company: self.company.clone(),
            title: self.title.clone(),
            host: HostChoice::Typed(self.host.clone()),
            starts: self.at.clone(),
            ends: self.until.clone(),
            tell: if self.mail { TellHost::ByMail } else { TellHost::NotAtAll },
        };
        let picture = self.out.with_extension("png");
        // What cannot be written is refused while nobody is invited yet.
        files::check_writable(&self.out).and_then(|()| files::check_writable(&picture))?;
        let (invited, erase_after) = match invite_visitor(desk, &Actor::Operator, &input)? {
            InviteVisitorOutcome::Invited { invitation, erase_after } => (invitation, erase_after),
            InviteVisitorOutcome::Refused(faults) => return Err(refusal(answer.words(), &faults)),
        };
        let config = desk.config();
        let house = House::of(desk.profile(), config);
        let organiser = config.mail.as_ref().map(|mail| mail.from.as_str());
        let document = |error: crate::documents::DocumentError| Failure::failed("document", error.to_string());
        files::write_private(&self.out, &invitation::calendar(&invited, &house, organiser).map_err(document)?)?;
        files::write_private(&picture, &invitation::qr_png(&invited).map_err(document)?)?;
        let (file, picture) = (self.out.display().to_string(), picture.display().to_string());
        let object = json!({
            "invitation": invited.id.to_string(),
            "code": invited.code.as_str(),
            "starts_at": invited.starts_at.with_timezone(&config.zone).to_rfc3339(),
            "ends_at": invited.ends_at.with_timezone(&config.zone).to_rfc3339(),
            "erase_after": erase_after.with_timezone(&config.zone).to_rfc3339(),
            "file": file,
            "picture": picture,
            "mail": self.mail,
        });
        answer.line(object, |words| {
            let at = dates::date_and_time(&invited.starts_at.with_timezone(&config.zone), words.language());
            let values: [(&str, &dyn Display); 3] = [("at", &at), ("code", &invited.code.shown()), ("file", &file)];
            words.say_with("cli", "Invited: {at}. The code is {code}, and the calendar file is {file}.", &values)
        })
    }
}

/// The refusal of the first thing that is wrong.
fn refusal(words: Words, faults: &[InviteFault]) -> Failure {
    let Some(fault) = faults.first() else {
        return Failure::failed("refused", "refused without a reason");
    };
    let (word, message) = match fault {
        InviteFault::Field(field) => return field_refusal(words, &[*field]),
        InviteFault::NoHost => return text_refusal(words, "host", TextFault::Missing),
        InviteFault::NoMoment(_) => ("no_moment", words.say("cli", "A day and time is written as 2026-03-12T09:00.")),
        InviteFault::EndsBeforeStart => ("ends_before_start", words.say("cli", "The visit ends before it begins.")),
        InviteFault::TooLong => ("too_long", words.say("cli", "Nobody is invited for longer than a year.")),
        InviteFault::Past => ("past", words.say("cli", "This visit would be over already.")),
        InviteFault::TooFarAhead => ("too_far_ahead", words.say("cli", "Nobody is invited more than a year ahead.")),
        InviteFault::NoMail => {
            ("no_mail", words.say("cli", "No mail can go to this host: config.toml names no server, or the directory no address."))
        }
    };
    Failure::refused(word, Some(fault.field()), message)
}
