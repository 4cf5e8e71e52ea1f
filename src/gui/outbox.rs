//! What goes out by itself: letters to hosts, and calls to another system of the house, one at a time each way.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::SystemTime;

use slint::ComponentHandle;
use velkommen_ui as ui;

use super::ask::{Message, Sent};
use super::faults::trouble;
use super::kiosk::{Kiosk, Part};
use crate::desk::send_messages::{ClaimedMessage, Delivery, Telling, claim_message, settle_message};
use crate::devices::delivery::Fault;
use crate::devices::mail::{Enclosure, Letter};
use crate::devices::webhook::Call;
use crate::documents::letter::{self, House};
use crate::documents::{DocumentError, call, invitation};
use crate::domain::access::Actor;
use crate::domain::config::WebhookFormat;
use crate::domain::ids::MessageId;
use crate::domain::message::Channel;

/// Which ways are being used just now.
#[derive(Default)]
struct Outbox {
    mail: Cell<bool>,
    webhook: Cell<bool>,
    /// Hosts whom a message has not reached, and which message that was.
    untold: RefCell<Vec<(MessageId, String)>>,
}

impl Outbox {
    fn is_busy(&self, channel: Channel) -> &Cell<bool> {
        match channel {
            Channel::Mail => &self.mail,
            Channel::Webhook => &self.webhook,
        }
    }
}

pub const PART: Part = Part { connect, refresh: |kiosk| show_untold(kiosk), ..Part::EMPTY };

fn connect(kiosk: &Rc<Kiosk>) {
    kiosk.window.global::<ui::TodayAdapter>().on_told(kiosk.calls(told));
}

/// Sends what is due.
pub fn tend(kiosk: &Rc<Kiosk>) {
    Channel::ALL.into_iter().for_each(|channel| tend_channel(kiosk, channel));
}

fn tend_channel(kiosk: &Rc<Kiosk>, channel: Channel) {
    let is_there = match channel {
        Channel::Mail => kiosk.devices().mail.is_some(),
        Channel::Webhook => kiosk.devices().webhook.is_some(),
    };
    if !is_there || kiosk.house::<Outbox>().is_busy(channel).replace(true) {
        return;
    }
    kiosk.ask_for_house(
        move |desk| claim_message(desk, &Actor::Clock, channel),
        move |kiosk, claimed| match claimed {
            Ok(Some(message)) => send(kiosk, channel, message),
            Ok(None) => kiosk.house::<Outbox>().is_busy(channel).set(false),
            Err(error) => {
                trouble(&error);
                kiosk.house::<Outbox>().is_busy(channel).set(false);
            }
        },
    );
}

fn send(kiosk: &Rc<Kiosk>, channel: Channel, message: ClaimedMessage) {
    let facts = kiosk.facts.borrow();
    let house = House::of(&facts.profile, &facts.config);
    let post = kiosk.desk.post();
    let told = message.clone();
    let tell = move |outcome| post.send(Message::Sent(Box::new(Sent { channel, message: told, outcome })));
    match (channel, &kiosk.devices().mail, &kiosk.devices().webhook) {
        (Channel::Mail, Some(mailer), _) => match letter_of(&message, &house, facts.config.mail.as_ref().map(|mail| mail.from.as_str())) {
            Ok(Some(letter)) => mailer.send_later(letter, tell),
            Ok(None) => settle(kiosk, channel, message, Delivery::Refused),
            Err(error) => {
                tracing::error!(%error, "a letter cannot be written");
                settle(kiosk, channel, message, Delivery::Refused);
            }
        },
        (Channel::Webhook, _, Some(webhook)) => {
            let format = facts.config.webhook.as_ref().map(|hook| hook.format).unwrap_or_default();
            match call_of(&message, &house, format) {
                Some(call) => webhook.call_later(call, tell),
                None => settle(kiosk, channel, message, Delivery::Refused),
            }
        }
        _ => kiosk.house::<Outbox>().is_busy(channel).set(false),
    }
}

/// The call that a message becomes; `None` for one that no other system is told of.
pub fn call_of(message: &ClaimedMessage, house: &House, format: WebhookFormat) -> Option<Call> {
    let Telling::Arrival { arrival, .. } = &message.telling else { return None };
    let body = call::arrival(message.id, arrival, house, format);
    Some(Call { id: message.id.to_string(), at: message.claimed_at.timestamp(), body })
}

/// The letter that a message becomes, `organiser` being who invites; `None` for one that names nobody to write to.
pub fn letter_of(message: &ClaimedMessage, house: &House, organiser: Option<&str>) -> Result<Option<Letter>, DocumentError> {
    let (to, text, files) = match &message.telling {
        Telling::Arrival { to: None, .. } => return Ok(None),
        Telling::Arrival { to: Some(to), arrival } => (to, letter::arrival(arrival, house), Vec::new()),
        Telling::Invitation { to, invitation: invited } => {
            let calendar = invitation::calendar(invited, house, organiser)?;
            let files = vec![
                Enclosure { name: "invitation.ics", kind: "text/calendar; method=PUBLISH; charset=utf-8", bytes: calendar },
                Enclosure { name: "invitation.png", kind: "image/png", bytes: invitation::qr_png(invited)? },
            ];
            (to, letter::invitation(invited, house), files)
        }
    };
    Ok(Some(Letter {
        message_id: message.id.to_string(),
        date: SystemTime::from(message.queued_at),
        to: to.as_str().to_owned(),
        subject: text.subject,
        plain: text.plain,
        html: text.html,
        files,
    }))
}

/// The other side has answered, or has not. What else is due goes next.
pub fn sent(kiosk: &Rc<Kiosk>, sent: Sent) {
    let delivery = match sent.outcome {
        Ok(()) => Delivery::Taken,
        Err(Fault::Temporary(_)) => Delivery::Failed,
        Err(Fault::Permanent(_)) => Delivery::Refused,
    };
    settle(kiosk, sent.channel, sent.message, delivery);
}

/// Somebody has told them.
fn told(kiosk: &Rc<Kiosk>) {
    kiosk.note_activity();
    let names = untold(kiosk);
    kiosk.house::<Outbox>().untold.borrow_mut().retain(|(_, host)| !names.contains(host));
    show_untold(kiosk);
}

fn show_untold(kiosk: &Kiosk) {
    kiosk.window.global::<ui::TodayAdapter>().set_untold(untold(kiosk).join(", ").into());
}

/// As many as a line has room for; the others come when these were called.
fn untold(kiosk: &Kiosk) -> Vec<String> {
    let mut names: Vec<String> = kiosk.house::<Outbox>().untold.borrow().iter().map(|(_, host)| host.clone()).collect();
    names.dedup();
    names.truncate(3);
    names
}

/// A visitor may be waiting for somebody who knows nothing of it.
fn note_untold(kiosk: &Kiosk, message: &ClaimedMessage, delivery: &Delivery) {
    let outbox = kiosk.house::<Outbox>();
    let mut untold = outbox.untold.borrow_mut();
    untold.retain(|(id, _)| *id != message.id);
    if let Telling::Arrival { arrival, .. } = &message.telling
        && let (Delivery::Failed | Delivery::Refused, Some(host)) = (delivery, &arrival.host)
    {
        untold.push((message.id, host.as_str().to_owned()));
    }
}

fn settle(kiosk: &Rc<Kiosk>, channel: Channel, message: ClaimedMessage, delivery: Delivery) {
    if channel == Channel::Mail {
        note_untold(kiosk, &message, &delivery);
    }
    kiosk.ask_for_house(
        move |desk| settle_message(desk, &Actor::Clock, &message, delivery),
        move |kiosk, settled| {
            kiosk.house::<Outbox>().is_busy(channel).set(false);
            show_untold(kiosk);
            match settled {
                Ok(_) => tend_channel(kiosk, channel),
                Err(error) => drop(trouble(&error)),
            }
        },
    );
}
