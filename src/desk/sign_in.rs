//! A visitor signs in, or staff sign somebody in.

use chrono::{DateTime, Utc};

use super::{Desk, DeskError, StoreError, audit_act, random, send_messages};
use crate::domain::access::{Actor, Verb};
use crate::domain::code::ShortCode;
pub use crate::domain::field::{Field, FieldFault, FieldReason};
use crate::domain::ids::{HostId, InvitationId, VisitId};
use crate::domain::language::Language;
use crate::domain::notice::Situation;
use crate::domain::profile::{FieldRule, VisitFields};
use crate::domain::retention::{presumed_left_at, visit_erase_after};
use crate::domain::text::TextFault;
use crate::domain::visit::{Company, HostName, Note, Title, VisitorName};
use crate::store::visits::NewVisit;
use crate::store::{codes, hosts, invitations, messages, notices, visits};

/// What was typed and chosen.
#[derive(Clone)]
pub struct SignIn {
    pub name: String,
    pub company: String,
    pub title: String,
    pub host: HostChoice,
    pub note: String,
    /// The language the notice was shown in.
    pub language: Language,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SignIn(..)")
    }
}

/// Whom somebody visits.
#[derive(Clone, Default)]
pub enum HostChoice {
    #[default]
    Nobody,
    /// Chosen from the directory.
    Listed(HostId),
    /// As typed; kept so, unless the directory has exactly this name.
    Typed(String),
}

impl std::fmt::Debug for HostChoice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HostChoice(..)")
    }
}

#[derive(Clone, Debug)]
pub enum SignInOutcome {
    SignedIn(SignedIn),
    /// Nothing was written.
    Refused(Vec<FieldFault>),
}

#[derive(Clone, Debug)]
pub struct SignedIn {
    pub visit: VisitId,
    pub code: ShortCode,
    pub name: VisitorName,
    pub company: Option<Company>,
    pub host: Option<HostName>,
    pub signed_in_at: DateTime<Utc>,
    pub erase_after: DateTime<Utc>,
}

/// The checked input.
pub(super) struct Taken {
    pub(super) name: VisitorName,
    pub(super) company: Option<Company>,
    pub(super) title: Option<Title>,
    pub(super) host_name: Option<HostName>,
    /// Who of the directory that is.
    pub(super) host: Option<hosts::Host>,
    note: Option<Note>,
}

/// Signs somebody in.
///
/// **Shape** one visit and its short code, where wanted a message to the host and one to the webhook, committed; for staff
/// and operator one audit entry.
/// **Errors** a failing file; then nothing is written.
pub fn sign_in(desk: &mut Desk, by: &Actor, input: &SignIn) -> Result<SignInOutcome, DeskError> {
    sign_in_with(desk, by, input, None)
}

/// Signs somebody in who was announced. The invitation goes, and its code is the visit's from now on; an invitation that is
/// gone makes no difference.
pub fn sign_in_invited(desk: &mut Desk, by: &Actor, input: &SignIn, invitation: InvitationId) -> Result<SignInOutcome, DeskError> {
    sign_in_with(desk, by, input, Some(invitation))
}

fn sign_in_with(desk: &mut Desk, by: &Actor, input: &SignIn, invitation: Option<InvitationId>) -> Result<SignInOutcome, DeskError> {
    let now = desk.admit(by, Verb::SignIn)?;
    let taken = match take(desk, input)? {
        Ok(taken) => taken,
        Err(faults) => return Ok(SignInOutcome::Refused(faults)),
    };
    let zone = desk.config.zone;
    let presumed_left_at = presumed_left_at(now.at, desk.config.closes_at, zone);
    let notice = desk.profile.shown_notice(Situation::Visit, input.language);
    let notice_sha256 = notice.sha256();
    let visit = NewVisit {
        id: VisitId::random(),
        name: &taken.name,
        company: taken.company.as_ref(),
        title: taken.title.as_ref(),
        host_name: taken.host_name.as_ref(),
        host_id: taken.host.as_ref().map(|host| host.id),
        note: taken.note.as_ref(),
        purpose: desk.profile.visit.purpose,
        legal_basis: desk.profile.visit.legal_basis,
        signed_in_at: now.at,
        presumed_left_at,
        notice: &notice,
        notice_sha256: &notice_sha256,
        erase_after: visit_erase_after(presumed_left_at, desk.profile.visit.retention.days, zone),
    };
    let mut line = desk.audit_line(&now, by, Verb::SignIn);
    line.subject = Some(visit.id.to_string());
    let (id, erase_after) = (visit.id, visit.erase_after);
    let told = send_messages::of_arrival(desk, &now, id, taken.host.as_ref(), erase_after);
    let code = desk.write(&now, |tx| {
        notices::insert_if_new(tx, &notice, &notice_sha256)?;
        visits::insert(tx, &visit)?;
        told.iter().try_for_each(|message| messages::insert(tx, message))?;
        audit_act(tx, &line)?;
        let invited = match invitation {
            Some(invitation) => invitations::find(tx, invitation, now.at)?,
            None => None,
        };
        if let Some(invited) = invited {
            codes::hand_over(tx, invited.id, id)?;
            invitations::erase(tx, invited.id)?;
            return Ok(invited.code);
        }
        loop {
            let code = ShortCode::from_random(random()?);
            if codes::insert_for_visit(tx, &code, id)? {
                return Ok(code);
            }
        }
    })?;
    Ok(SignInOutcome::SignedIn(SignedIn {
        visit: id,
        code,
        name: taken.name,
        company: taken.company,
        host: taken.host_name,
        signed_in_at: now.at,
        erase_after,
    }))
}

/// Checks the first page of the form alone, so that its faults show before the next question.
pub fn check_who(desk: &Desk, input: &SignIn) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    take_who(&desk.profile.visit.fields, input, &mut faults);
    faults
}

/// Who somebody is, as far as it could be taken.
type Who = (Option<VisitorName>, Option<Company>, Option<Title>, Option<Note>);

fn take_who(fields: &VisitFields, input: &SignIn, faults: &mut Vec<FieldFault>) -> Who {
    (
        line(faults, Field::Name, fields.name, &input.name, VisitorName::parse_optional),
        line(faults, Field::Company, fields.company, &input.company, Company::parse_optional),
        line(faults, Field::Title, fields.title, &input.title, Title::parse_optional),
        line(faults, Field::Note, fields.note, &input.note, Note::parse_optional),
    )
}

pub(super) fn take(desk: &Desk, input: &SignIn) -> Result<Result<Taken, Vec<FieldFault>>, StoreError> {
    let fields = &desk.profile.visit.fields;
    let mut faults = Vec::new();
    let (name, company, title, note) = take_who(fields, input, &mut faults);
    let (typed, host) = match &input.host {
        HostChoice::Nobody => (String::new(), None),
        HostChoice::Typed(name) => match find_listed(desk, name)? {
            Some(host) => (host.name.clone(), Some(host)),
            None => (name.clone(), None),
        },
        HostChoice::Listed(id) => match hosts::load(desk.store.reader(), *id)? {
            Some(host) => (host.name.clone(), Some(host)),
            None => {
                faults.push(FieldFault { field: Field::Host, reason: FieldReason::HostGone });
                return Ok(Err(faults));
            }
        },
    };
    let host_name = line(&mut faults, Field::Host, fields.host, &typed, HostName::parse_optional);
    Ok(match name {
        Some(name) if faults.is_empty() => Ok(Taken { name, company, title, host_name, host, note }),
        _ => Err(faults),
    })
}

/// Reads one field by its rule, or notes its fault.
fn line<T>(
    faults: &mut Vec<FieldFault>,
    field: Field,
    rule: FieldRule,
    text: &str,
    parse: impl Fn(&str) -> Result<Option<T>, TextFault>,
) -> Option<T> {
    let reason = match (parse(text), rule) {
        (Ok(None), FieldRule::Required) => FieldReason::Text(TextFault::Missing),
        (Ok(Some(_)) | Err(_), FieldRule::Off) => FieldReason::NotAsked,
        (Err(fault), _) => FieldReason::Text(fault),
        (Ok(taken), _) => return taken,
    };
    faults.push(FieldFault { field, reason });
    None
}

/// The host of exactly this name, whatever its case, when there is one and only one.
fn find_listed(desk: &Desk, name: &str) -> Result<Option<hosts::Host>, StoreError> {
    let name = name.trim().to_lowercase();
    let mut same = hosts::list(desk.store.reader())?.into_iter().filter(|host| host.name.to_lowercase() == name);
    let first = same.next();
    Ok(if same.next().is_none() { first } else { None })
}
