//! What another system of the house is told by webhook, as JSON: for a program, for Teams or for Slack.

use serde_json::{Value, json};

use super::dates;
use super::letter::{House, shown};
use super::words::Words;
use crate::domain::config::WebhookFormat;
use crate::domain::ids::MessageId;
use crate::domain::message::Arrival;

/// The body of a call that somebody has come. Who, it says as far as the arrival does.
pub fn arrival(message: MessageId, arrival: &Arrival, house: &House, format: WebhookFormat) -> String {
    let body = match format {
        WebhookFormat::Generic => program(message, arrival, house),
        // A run of text, unlike a block of it, is never read as Markdown.
        WebhookFormat::Teams => json!({
            "type": "message",
            "attachments": [{
                "contentType": "application/vnd.microsoft.card.adaptive",
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": [{ "type": "RichTextBlock", "inlines": [{ "type": "TextRun", "text": sentence(arrival, house) }] }],
                },
            }],
        }),
        // Three characters can call for everybody; see "Escaping text" in Slack's reference.
        WebhookFormat::Slack => json!({
            "text": sentence(arrival, house).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
            "mrkdwn": false,
        }),
    };
    body.to_string()
}

fn program(message: MessageId, arrival: &Arrival, house: &House) -> Value {
    json!({
        "type": "visitor.arrived",
        "timestamp": house.local(arrival.at).to_rfc3339(),
        "data": {
            "message": message.to_string(),
            "organisation": house.organisation,
            "host": arrival.host.as_ref().map(|host| host.as_str()),
            "visitor": arrival.visitor.as_ref().map(|visitor| json!({
                "name": visitor.name.as_str(),
                "company": visitor.company.as_ref().map(|company| company.as_str()),
            })),
        },
    })
}

/// One sentence in the house's own language.
fn sentence(arrival: &Arrival, house: &House) -> String {
    let words = Words::of(house.language);
    let at = dates::time_in_sentence(&house.local(arrival.at), house.language);
    let visitor = arrival.visitor.as_ref().map(shown).unwrap_or_else(|| words.say("letter", "A visitor"));
    match &arrival.host {
        Some(host) => words.say_with(
            "letter",
            "{visitor} has come to visit {host}, {at}",
            &[("visitor", &visitor), ("host", &host.as_str()), ("at", &at)],
        ),
        None => words.say_with("letter", "{visitor} has come, {at}", &[("visitor", &visitor), ("at", &at)]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::letter::tests::house;
    use crate::domain::language::Language;
    use crate::domain::message::Visitor;
    use crate::domain::visit::{HostName, VisitorName};

    const HOSTILE: &str = "<!channel> [a](http://b) \"& Ada";

    fn body(visitor: Option<&str>, host: Option<&str>, format: WebhookFormat) -> Value {
        let told = Arrival {
            visitor: visitor.map(|name| Visitor { name: VisitorName::parse(name).unwrap(), company: None }),
            host: host.map(|host| HostName::parse(host).unwrap()),
            at: "2026-03-12T08:43:00Z".parse().unwrap(),
        };
        serde_json::from_str(&arrival(MessageId::random(), &told, &house(Language::Da), format)).unwrap()
    }

    #[test]
    fn a_program_is_told_in_fields() {
        let told = body(Some(HOSTILE), Some("Karen"), WebhookFormat::Generic);
        assert_eq!([&told["type"], &told["timestamp"]], ["visitor.arrived", "2026-03-12T09:43:00+01:00"]);
        assert_eq!([&told["data"]["host"], &told["data"]["visitor"]["name"]], ["Karen", HOSTILE]);
        assert_eq!(body(None, None, WebhookFormat::Generic)["data"]["visitor"], Value::Null);
    }

    #[test]
    fn a_name_gives_no_orders_in_a_chat() {
        let told = body(Some(HOSTILE), Some("Karen"), WebhookFormat::Slack);
        assert_eq!(told["text"], "&lt;!channel&gt; [a](http://b) \"&amp; Ada er kommet på besøg hos Karen, kl. 9.43");
        assert_eq!(told["mrkdwn"], false);
        let told = body(None, None, WebhookFormat::Teams);
        let run = &told["attachments"][0]["content"]["body"][0]["inlines"][0];
        assert_eq!([&run["type"], &run["text"]], ["TextRun", "En gæst er kommet, kl. 9.43"]);
    }
}
