//! Every role opens every page of an empty house, and nothing on it comes from the preview of the page.

use std::collections::BTreeSet;

use i_slint_backend_testing::ElementQuery;
use velkommen::desk::add_staff::{AddStaff, AddStaffOutcome, add_staff};
use velkommen::desk::change_settings::Settings;
use velkommen::desk::set_up::{SetUp, set_up};
use velkommen::domain::access::Actor;
use velkommen::domain::staff::Role;
use velkommen::gui::window::{HomeAdapter, Page, UnlockAdapter};

use crate::kiosk_given::{Given, a_house_at};

const PAGES: [Page; 24] = [
    Page::Setup,
    Page::Home,
    Page::SignIn,
    Page::SignedIn,
    Page::SignOut,
    Page::SignedOut,
    Page::CheckIn,
    Page::TicketCode,
    Page::FindMe,
    Page::WalkIn,
    Page::Welcome,
    Page::Refusal,
    Page::MyTicket,
    Page::Notice,
    Page::Unlock,
    Page::Evacuation,
    Page::Clock,
    Page::Today,
    Page::Visits,
    Page::Events,
    Page::Event,
    Page::RollCall,
    Page::Settings,
    Page::Closed,
];

/// What a preview has in common with this house: its rules, its notice, and that it has a reception.
const TRUE: [&str; 7] = ["30", "2026", "1 January 2026", "When you visit us", "Who we are", "Reception", "reception"];

/// What stands in the previews of all adapters: names, days and figures of people who are not there.
fn previews() -> BTreeSet<String> {
    fn read(folder: &std::path::Path, found: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                read(&entry, found);
            } else if entry.extension().is_some_and(|ending| ending == "slint") {
                let text = std::fs::read_to_string(entry).unwrap();
                text.split("export global ").skip(1).filter(|global| global.split(' ').next().unwrap().ends_with("Adapter")).for_each(
                    |global| {
                        let body = global.split("\n}").next().unwrap();
                        for line in body.lines().map(str::trim).filter(|line| !line.starts_with("//")) {
                            found.extend(line.split('"').skip(1).step_by(2).filter(|word| word.chars().count() > 3).map(String::from));
                            let figures = line.split(|c: char| !c.is_ascii_digit()).filter(|figure| figure.len() > 1);
                            found.extend(figures.map(String::from));
                        }
                    },
                );
            }
        }
    }
    let mut found = BTreeSet::new();
    read(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("ui"), &mut found);
    found.retain(|word| !TRUE.contains(&word.as_str()));
    found
}

/// Everything that can be read on the screen.
fn texts(kiosk: &Given) -> Vec<String> {
    let said = ElementQuery::from_root(kiosk.window()).find_all().into_iter().flat_map(|element| {
        [element.accessible_label(), element.accessible_value(), element.accessible_description(), element.accessible_placeholder_text()]
    });
    said.flatten().map(String::from).filter(|text| !text.is_empty()).collect()
}

/// Whether this text has the word or figure on its own.
fn has(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let ends = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        ends(text[..at].chars().next_back()) && ends(text[at + word.len()..].chars().next())
    })
}

fn a_house_with(role: Option<Role>) -> Given {
    let kiosk = a_house_at("2026-08-24T05:37:00Z", |desk| {
        let settings = Settings {
            organisation: "Tomhus".to_owned(),
            address: "Vej 3".to_owned(),
            contact: "hus@example.com".to_owned(),
            closes_at: "20:35".to_owned(),
        };
        set_up(desk, &Actor::Public, &SetUp { settings, name: "Første".to_owned(), secret: "735373".to_owned() }).unwrap();
        if let Some(role) = role {
            let person = AddStaff { name: "Anden".to_owned(), secret: "537353".to_owned(), roles: BTreeSet::from([role]) };
            assert!(matches!(add_staff(desk, &Actor::Operator, &person).unwrap(), AddStaffOutcome::Added(_)));
        }
    });
    if role.is_some() {
        kiosk.global::<HomeAdapter>().invoke_staff();
        let page = kiosk.global::<UnlockAdapter>();
        page.set_name("Anden".into());
        page.set_secret("537353".into());
        page.invoke_unlock();
        kiosk.settle();
        assert!(kiosk.kiosk.staff.borrow().is_some());
    }
    kiosk
}

#[test]
fn every_role_opens_every_page_and_reads_nothing_of_a_preview() {
    let previews = previews();
    assert!(previews.len() > 60 && previews.contains("212") && previews.contains("Bjørn Skovgaard"), "{previews:?}");
    let mut found = BTreeSet::new();
    for role in Role::ALL.map(Some).into_iter().chain([None]) {
        let kiosk = a_house_with(role);
        for page in PAGES {
            kiosk.kiosk.go(page);
            kiosk.settle();
            for text in texts(&kiosk) {
                for word in previews.iter().filter(|word| has(&text, word)) {
                    found.insert(format!("{role:?} on {page:?}: {word:?} in {text:?}"));
                }
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_page_that_is_not_for_somebody_does_not_open() {
    let of = |role, page| {
        let kiosk = a_house_with(role);
        let before = kiosk.kiosk.page();
        kiosk.kiosk.go(page);
        kiosk.settle();
        (kiosk.kiosk.page() == page, kiosk.kiosk.page() == before)
    };
    for staff_page in [Page::Clock, Page::Today, Page::Visits, Page::RollCall, Page::Events, Page::Event, Page::Settings] {
        assert_eq!(of(None, staff_page), (false, true), "the public: {staff_page:?}");
    }
    assert_eq!(of(Some(Role::Dpo), Page::Settings), (false, true));
    assert_eq!(of(Some(Role::Admin), Page::Settings), (true, true));
    assert_eq!(of(Some(Role::Reception), Page::Visits), (true, false));
    assert_eq!(of(Some(Role::Reception), Page::RollCall), (false, true), "none runs");
}
