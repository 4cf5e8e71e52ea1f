//! The question about photos and video: what is answered, what the badge shows, and what proves it afterwards.

use velkommen::desk::DeskError;
use velkommen::desk::answer_photos::{Act, AnswerPhotos, AnswerPhotosOutcome, PhotoAnswer, PhotoQuestion, TicketHolder, answer_photos};
use velkommen::desk::erase_due::erase_due;
use velkommen::desk::find_participant::{Filter, FindParticipant, PhotoState, find_participant};
use velkommen::desk::open_event::OpenEvent;
use velkommen::desk::show_ticket::{MyTicket, ShowTicketOutcome, show_ticket};
use velkommen::domain::access::{Actor, Verb};
use velkommen::domain::check_in::Verdict;
use velkommen::domain::consent::{Answer, BadgeMark, PhotoPurpose};
use velkommen::domain::event::PhotoMode;
use velkommen::domain::language::Language;
use velkommen::domain::notice::Situation;
use velkommen::domain::staff::Role;

use crate::given::{Given, given, local, seminar, someone};

/// Ada at an event that asks for consent, at nine.
fn ada() -> Given {
    given().event("Open day").participant("Ada").at("2026-03-02T09:00")
}

fn objecting() -> Given {
    let event = OpenEvent { photos: PhotoMode::Objection, ..seminar("Open day") };
    given().event_of(&event).participant("Ada").at("2026-03-02T09:00")
}

/// The same act on every purpose and channel.
fn everything(act: Act) -> Vec<PhotoAnswer> {
    PhotoPurpose::ALL.map(|purpose| PhotoAnswer { purpose, channel: None, act }).to_vec()
}

fn one(purpose: PhotoPurpose, channel: &str, act: Act) -> Vec<PhotoAnswer> {
    vec![PhotoAnswer { purpose, channel: Some(channel.to_owned()), act }]
}

fn say(given: &mut Given, by: &Actor, answers: Vec<PhotoAnswer>) -> AnswerPhotosOutcome {
    let input =
        AnswerPhotos { event: Some(given.last_event()), whose: TicketHolder::Code(given.ticket()), answers, language: Language::Da };
    answer_photos(&mut given.desk, by, &input).unwrap()
}

fn answered(given: &mut Given, answers: Vec<PhotoAnswer>) -> PhotoQuestion {
    match say(given, &Actor::Public, answers) {
        AnswerPhotosOutcome::Answered(question) => question,
        outcome => panic!("{outcome:?}"),
    }
}

fn told(question: &PhotoQuestion) -> Vec<String> {
    let word = |answer: Option<Answer>| answer.map_or("-", Answer::word);
    question.rows.iter().map(|row| format!("{} {} {}", row.purpose.word(), row.channel, word(row.answer))).collect()
}

/// Every answer, in the order in which it was given.
fn answers(given: &Given) -> Vec<String> {
    given.texts("SELECT purpose || ' ' || channel || ' ' || answer FROM consent_answers ORDER BY sequence")
}

/// What would prove it.
fn acts(given: &Given) -> Vec<String> {
    given.texts("SELECT purpose || ' ' || channel || ' ' || answer FROM consent_acts ORDER BY rowid")
}

/// The ticket page of the last participant, as the public sees it.
fn my_ticket(given: &mut Given) -> MyTicket {
    let whose = TicketHolder::Code(given.ticket());
    match show_ticket(&mut given.desk, &Actor::Public, None, &whose, Language::Da).unwrap() {
        ShowTicketOutcome::Shown(ticket) => *ticket,
        outcome => panic!("{outcome:?}"),
    }
}

fn staff_see(given: &mut Given) -> PhotoState {
    let all = FindParticipant { event: given.last_event(), typed: String::new(), filter: Filter::Everybody, offset: 0, limit: 9 };
    find_participant(&mut given.desk, &Actor::Operator, &all).unwrap().rows[0].photos
}

fn without_pictures(given: &mut Given) -> usize {
    let none = FindParticipant { event: given.last_event(), typed: String::new(), filter: Filter::NoPhotos, offset: 0, limit: 9 };
    find_participant(&mut given.desk, &Actor::Operator, &none).unwrap().rows.len()
}

#[test]
fn until_somebody_answers_the_question_is_open_and_the_badge_says_no() {
    let mut given = ada();
    let ticket = my_ticket(&mut given);
    assert!(ticket.photos.is_open());
    assert_eq!(told(&ticket.photos), ["photo website -", "photo social -", "video website -", "video social -"]);
    assert_eq!((ticket.photos.mark, ticket.photos.mode), (BadgeMark::No, PhotoMode::Consent));
    assert_eq!((staff_see(&mut given), without_pictures(&mut given)), (PhotoState::NotAsked, 0));
    assert_eq!((answers(&given), acts(&given)), (Vec::new(), Vec::new()), "looking writes nothing");
}

#[test]
fn a_consent_given_is_on_the_badge_and_in_the_evidence() {
    let mut given = ada();
    let question = answered(&mut given, everything(Act::Give));
    assert_eq!((question.mark, question.is_open()), (BadgeMark::Yes, false));
    let mut rows = answers(&given);
    rows.sort();
    let expected = ["photo social given", "photo website given", "video social given", "video website given"];
    assert_eq!(rows, expected);
    let mut rows = acts(&given);
    rows.sort();
    assert_eq!(rows, expected);
    assert_eq!(given.texts("SELECT name || ' ' || event_name FROM consent_evidence"), ["Ada Open day"]);
    assert_eq!(given.count("SELECT erase_after FROM consent_evidence"), local("2029-03-03T00:00").timestamp_millis());
    assert_eq!(given.count("SELECT min(answered_at) FROM consent_acts"), local("2026-03-02T09:00").timestamp_millis());
    assert_eq!((staff_see(&mut given), without_pictures(&mut given)), (PhotoState::Answered(BadgeMark::Yes), 0));
    // The same again changes nothing.
    answered(&mut given, everything(Act::Give));
    assert_eq!((answers(&given).len(), acts(&given).len()), (4, 4));
}

#[test]
fn a_refusal_leaves_no_evidence() {
    let mut given = ada();
    let question = answered(&mut given, everything(Act::Refuse));
    assert_eq!((question.mark, question.is_open()), (BadgeMark::No, false));
    assert_eq!((answers(&given).len(), acts(&given).len()), (4, 0));
    assert_eq!(given.count("SELECT count(*) FROM consent_evidence"), 0);
    assert_eq!((staff_see(&mut given), without_pictures(&mut given)), (PhotoState::Answered(BadgeMark::No), 1));
}

#[test]
fn the_badge_says_yes_only_when_every_channel_of_both_was_given() {
    let mut given = ada();
    let steps = [(PhotoPurpose::Photo, "website"), (PhotoPurpose::Photo, "social"), (PhotoPurpose::Video, "website")];
    for (purpose, channel) in steps {
        let question = answered(&mut given, one(purpose, channel, Act::Give));
        assert_eq!((question.mark, question.is_open()), (BadgeMark::No, true), "{channel}");
    }
    assert_eq!(answered(&mut given, one(PhotoPurpose::Video, "social", Act::Give)).mark, BadgeMark::Yes);
    assert_eq!(answered(&mut given, one(PhotoPurpose::Photo, "social", Act::Withdraw)).mark, BadgeMark::No);
    assert_eq!(given.count("SELECT count(*) FROM consent_evidence"), 1, "one piece of evidence a person");
    assert_eq!(acts(&given).last().unwrap(), "photo social withdrawn");
}

#[test]
fn a_consent_is_withdrawn_by_scanning_again_and_stays_proved() {
    let mut given = ada();
    let ticket = given.ticket();
    assert_eq!(given.scan(&ticket).verdict, Verdict::Entered);
    answered(&mut given, everything(Act::Give));
    given.go_to(local("2026-03-02T11:00"));
    // The second scan is how somebody comes back to their answer; it enters nobody twice and takes nothing away.
    assert_eq!(given.scan(&ticket).verdict, Verdict::AlreadyEntered);
    let question = answered(&mut given, everything(Act::Refuse));
    assert_eq!((question.mark, question.is_open()), (BadgeMark::No, false));
    assert!(told(&question).iter().all(|row| row.ends_with("withdrawn")));
    let count = |answer: &str| given.count(&format!("SELECT count(*) FROM consent_acts WHERE answer = '{answer}'"));
    assert_eq!((count("given"), count("withdrawn")), (4, 4));
    assert_eq!(given.count("SELECT max(answered_at) FROM consent_acts"), local("2026-03-02T11:00").timestamp_millis());
    assert_eq!(my_ticket(&mut given).inside_since, Some(local("2026-03-02T09:00")), "nothing else changes");
    // And given once more.
    assert_eq!(answered(&mut given, everything(Act::Give)).mark, BadgeMark::Yes);
    assert_eq!(given.count("SELECT count(*) FROM consent_evidence"), 1);
}

#[test]
fn there_is_no_yes_to_take_back_where_none_was_given() {
    let mut given = ada();
    assert!(matches!(say(&mut given, &Actor::Public, everything(Act::Withdraw)), AnswerPhotosOutcome::NothingGiven));
    answered(&mut given, everything(Act::Refuse));
    assert!(matches!(say(&mut given, &Actor::Public, everything(Act::Withdraw)), AnswerPhotosOutcome::NothingGiven));
    assert_eq!(answers(&given).len(), 4);
    answered(&mut given, one(PhotoPurpose::Photo, "website", Act::Give));
    let question = answered(&mut given, everything(Act::Withdraw));
    assert_eq!(told(&question), ["photo website withdrawn", "photo social refused", "video website refused", "video social refused"]);
}

#[test]
fn what_is_said_last_counts_even_if_the_clock_was_set_back() {
    let mut given = ada();
    // Ahead by half a day, which no rule doubts; then put right.
    given.clock.set_wall(local("2026-03-02T21:00"));
    answered(&mut given, everything(Act::Give));
    given.clock.set_wall(local("2026-03-02T09:30"));
    let question = answered(&mut given, everything(Act::Withdraw));
    assert_eq!(question.mark, BadgeMark::No);
    assert!(told(&question).iter().all(|row| row.ends_with("withdrawn")), "{:?}", told(&question));
    assert_eq!(without_pictures(&mut given), 1);
}

#[test]
fn where_people_object_the_badge_says_yes_until_somebody_does_and_nothing_outlives_the_event() {
    let mut given = objecting();
    let ticket = my_ticket(&mut given);
    assert_eq!((ticket.photos.mark, ticket.photos.is_open()), (BadgeMark::Yes, false));
    assert_eq!((staff_see(&mut given), without_pictures(&mut given)), (PhotoState::Answered(BadgeMark::Yes), 0));
    let question = answered(&mut given, one(PhotoPurpose::Video, "social", Act::Refuse));
    assert_eq!((question.mark, told(&question)[3].as_str()), (BadgeMark::No, "video social refused"));
    assert_eq!(without_pictures(&mut given), 1);
    assert_eq!(answered(&mut given, everything(Act::Give)).mark, BadgeMark::Yes);
    assert_eq!(answered(&mut given, everything(Act::Refuse)).mark, BadgeMark::No);
    assert_eq!((acts(&given).len(), given.count("SELECT count(*) FROM consent_evidence")), (0, 0));
}

#[test]
fn a_channel_that_the_profile_does_not_name_is_none() {
    let mut given = ada();
    for channel in ["television", "", "Website", "website "] {
        let outcome = say(&mut given, &Actor::Public, one(PhotoPurpose::Photo, channel, Act::Give));
        assert!(matches!(outcome, AnswerPhotosOutcome::NoChannel), "{channel}");
    }
    // Not even beside a good one.
    let both = [one(PhotoPurpose::Photo, "website", Act::Give), one(PhotoPurpose::Photo, "tv", Act::Give)].concat();
    assert!(matches!(say(&mut given, &Actor::Public, both), AnswerPhotosOutcome::NoChannel));
    assert_eq!((answers(&given), acts(&given)), (Vec::new(), Vec::new()));
}

#[test]
fn each_answer_says_which_notice_was_shown() {
    let mut given = ada();
    for (language, act) in [(Language::Da, Act::Give), (Language::En, Act::Withdraw)] {
        let input = AnswerPhotos {
            event: None,
            whose: TicketHolder::Code(given.ticket()),
            answers: one(PhotoPurpose::Photo, "website", act),
            language,
        };
        assert!(matches!(answer_photos(&mut given.desk, &Actor::Public, &input).unwrap(), AnswerPhotosOutcome::Answered(_)));
    }
    let shown = [Language::Da, Language::En].map(|language| given.desk.profile().shown_notice(Situation::Photo, language));
    let expected: Vec<String> =
        shown.iter().map(|notice| format!("photo {} {} {}", notice.version, notice.language.code(), notice.sha256())).collect();
    for table in ["consent_answers", "consent_acts"] {
        let columns = "notice_id || ' ' || notice_version || ' ' || notice_language || ' ' || notice_sha256";
        assert_eq!(given.texts(&format!("SELECT {columns} FROM {table} ORDER BY rowid")), expected, "{table}");
    }
    // The text itself is kept, whole, as long as anything points to it.
    for (notice, language) in shown.iter().zip(["da", "en"]) {
        let kept = given.texts(&format!("SELECT text FROM notices WHERE notice_id = 'photo' AND language = '{language}'"));
        assert_eq!(kept, [notice.full_text()]);
        assert!(notice.full_text().contains("36"), "the notice says for how long a yes is proved");
    }
}

#[test]
fn the_public_answers_with_a_code_and_for_nobody_else() {
    let mut given = ada().participant("Bo");
    let ada = given.participants[0].participant;
    let event = Some(given.last_event());
    let for_ada = AnswerPhotos { event, whose: TicketHolder::Participant(ada), answers: everything(Act::Give), language: Language::Da };
    let outcome = answer_photos(&mut given.desk, &Actor::Public, &for_ada);
    assert!(matches!(outcome, Err(DeskError::NotAllowed { verb: Verb::AnswerPhotos, .. })));
    for by in [Actor::Clock, someone(&[Role::Reception]), someone(&[Role::Marketing])] {
        assert!(matches!(answer_photos(&mut given.desk, &by, &for_ada), Err(DeskError::NotAllowed { .. })), "{by:?}");
    }
    assert_eq!(answers(&given), [""; 0]);
    let staff = someone(&[Role::Event]);
    assert!(matches!(answer_photos(&mut given.desk, &staff, &for_ada).unwrap(), AnswerPhotosOutcome::Answered(_)));
    assert_eq!(given.texts("SELECT DISTINCT participant_id FROM consent_answers"), [ada.to_string()]);
    assert_eq!(given.count("SELECT count(*) FROM audit_entries WHERE verb = 'answer_photos' AND actor = 'staff'"), 1);
    // What the public says for itself is no act on others.
    answered(&mut given, everything(Act::Give));
    assert_eq!(given.count("SELECT count(*) FROM audit_entries WHERE verb = 'answer_photos'"), 1);
}

#[test]
fn a_code_that_checks_nobody_in_answers_for_nobody() {
    let mut given = ada().event("Other").participant("Bo");
    let [first, other] = given.events[..] else { panic!("two events") };
    let ada = given.participants[0].ticket.as_str().to_owned();
    let mut try_with = |event, code: &str| {
        let input =
            AnswerPhotos { event, whose: TicketHolder::Code(code.to_owned()), answers: everything(Act::Give), language: Language::Da };
        match answer_photos(&mut given.desk, &Actor::Public, &input).unwrap() {
            AnswerPhotosOutcome::NoTicket(verdict) => verdict,
            outcome => panic!("{outcome:?}"),
        }
    };
    assert_eq!(try_with(Some(other), &ada), Verdict::WrongEvent);
    assert_eq!(try_with(Some(first), "nobody's"), Verdict::Unknown);
    assert_eq!(try_with(None, ""), Verdict::Unknown);
    assert_eq!(try_with(Some(first), &ada.replacen(&ada[9..10], if &ada[9..10] == "A" { "B" } else { "A" }, 1)), Verdict::Unknown);
    given.raw().execute("UPDATE tickets SET revoked_at = 1", []).unwrap();
    let input = AnswerPhotos { event: Some(first), whose: TicketHolder::Code(ada), answers: everything(Act::Give), language: Language::Da };
    let outcome = answer_photos(&mut given.desk, &Actor::Public, &input).unwrap();
    assert!(matches!(outcome, AnswerPhotosOutcome::NoTicket(Verdict::Revoked)));
    assert_eq!(answers(&given), [""; 0]);
}

#[test]
fn a_yes_once_given_outlives_the_event_and_a_no_goes_with_it() {
    // Ada says yes, Bo yes and no again, Cai no, Dan nothing.
    let mut given = ada();
    answered(&mut given, everything(Act::Give));
    given = given.participant("Bo");
    answered(&mut given, everything(Act::Give));
    answered(&mut given, everything(Act::Withdraw));
    given = given.participant("Cai");
    answered(&mut given, everything(Act::Refuse));
    given = given.participant("Dan");
    given.go_to(local("2027-03-03T00:00"));
    erase_due(&mut given.desk, &Actor::Clock).unwrap();
    for table in ["events", "participants", "consent_answers", "tickets", "short_codes"] {
        assert_eq!(given.count(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
    assert_eq!(
        given.texts("SELECT name || ' ' || event_name || ' ' || (participant_id IS NULL) FROM consent_evidence ORDER BY name"),
        ["Ada Open day 1", "Bo Open day 1"]
    );
    assert_eq!(given.count("SELECT count(*) FROM consent_acts"), 12);
    assert_eq!(given.count("SELECT count(*) FROM notices WHERE notice_id = 'photo'"), 1, "the text they agreed to can still be shown");
    given.go_to(local("2029-03-03T00:00"));
    erase_due(&mut given.desk, &Actor::Clock).unwrap();
    for table in ["consent_evidence", "consent_acts", "notices"] {
        assert_eq!(given.count(&format!("SELECT count(*) FROM {table}")), 0, "{table}");
    }
}
